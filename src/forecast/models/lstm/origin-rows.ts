import { EXPERTS } from './experts.ts';
import { expectedError, type OriginRecord, type Track } from './network-inputs.ts';

/** Behind the forecasts of a row: the base's expected error at the first step, and at the last. */
const EXPECTED = 2;

/**
 * What is kept of the newest origins, row by row in two arrays: what the LSTM's gates get, and what later rows read of this one.
 * As objects they would take ten times as much.
 */
export class OriginRows implements Track {
  readonly #gates: number;
  readonly #steps: number;
  readonly #slots: Int32Array;
  /** [row][gates, offset of each expert at the last step] */
  readonly #numbers: Float32Array;
  /** [row][forecast of each step, expected errors] */
  readonly #paths: Float64Array;
  #from = 0;
  #end = 0;

  /** Of so many origins: the oldest is given up for one more. */
  constructor(mostOrigins: number, { gates, steps }: { readonly gates: number; readonly steps: number }) {
    this.#gates = gates;
    this.#steps = steps;
    this.#slots = new Int32Array(mostOrigins);
    this.#numbers = new Float32Array(mostOrigins * this.#rowLength);
    this.#paths = new Float64Array(mostOrigins * this.#pathLength);
  }

  get #rowLength(): number {
    return this.#gates + EXPERTS;
  }

  get #pathLength(): number {
    return this.#steps + EXPECTED;
  }

  get newestSlot(): number | undefined {
    return this.#end > 0 ? this.#slots[this.#end - 1] : undefined;
  }

  /** Origins come in their order. */
  add({ origin, base, offsets }: OriginRecord, projected: Float32Array): void {
    if (this.#end === this.#slots.length) this.#giveUpOldest();
    const row = this.#end;
    const last = this.#steps - 1;
    this.#slots[row] = origin;
    this.#numbers.set(projected, row * this.#rowLength);
    this.#numbers.set(offsets.subarray(last * EXPERTS), row * this.#rowLength + this.#gates);
    const pathAt = row * this.#pathLength;
    this.#paths.set(base.forecasts, pathAt);
    this.#paths[pathAt + this.#steps] = expectedError(base, 0);
    this.#paths[pathAt + this.#steps + 1] = expectedError(base, last);
    this.#end += 1;
  }

  #giveUpOldest(): void {
    this.#slots.copyWithin(0, 1);
    this.#numbers.copyWithin(0, this.#rowLength);
    this.#paths.copyWithin(0, this.#pathLength);
    this.#end -= 1;
  }

  takeBackNewest(): void {
    this.#end -= 1;
  }

  /** What the gates get from the rows after `slot`; views, until the next row is added. */
  projectedAfter(slot: number): Float32Array[] {
    const projected: Float32Array[] = [];
    for (let row = this.#firstAfter(slot); row < this.#end; row += 1) {
      const at = row * this.#rowLength;
      projected.push(this.#numbers.subarray(at, at + this.#gates));
    }
    return projected;
  }

  /** The track of the origins after `slot`, until another is asked for or a row is added. */
  trackAfter(slot: number): Track {
    this.#from = this.#firstAfter(slot);
    return this;
  }

  #firstAfter(slot: number): number {
    let row = this.#end;
    while (row > 0 && this.#slots[row - 1] > slot) row -= 1;
    return row;
  }

  get from(): number {
    return this.#from;
  }

  get end(): number {
    return this.#end;
  }

  originAt(row: number): number {
    return this.#slots[row];
  }

  forecastAt(row: number, step: number): number {
    return this.#paths[row * this.#pathLength + step];
  }

  firstExpectedAt(row: number): number {
    return this.#paths[row * this.#pathLength + this.#steps];
  }

  lastExpectedAt(row: number): number {
    return this.#paths[row * this.#pathLength + this.#steps + 1];
  }

  lastOffsetAt(row: number, expert: number): number {
    return this.#numbers[row * this.#rowLength + this.#gates + expert];
  }
}
