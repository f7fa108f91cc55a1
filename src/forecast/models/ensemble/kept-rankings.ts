import { ERROR_ORIGINS } from '../../past-origins.ts';
import type { Ranking } from '../../pool-ranking.ts';

/** More room than is needed, so that it seldom moves. */
const ROOM_RATIO = 1.125;
/** Of a step: the number of its errors, the bounds of their sizes, the boost of the newest. */
const SCALARS = 4;
/** An index of an error has nine bits. */
const LOW_BITS = 8;

/** The rankings of all steps of one series in two arrays, 3 1/8 bytes an error. */
export class KeptRankings {
  readonly #scalars: Float64Array;
  readonly #steps: number;
  /** Errors that a step has room for, a multiple of 8. */
  #room = 0;
  /** [step]: ranks of forecasts and of sizes by origin, then the order by error: low bytes by place, ninth bits of eight places each. */
  #bytes = new Uint8Array(0);

  constructor(steps: number) {
    this.#steps = steps;
    this.#scalars = new Float64Array(steps * SCALARS);
  }

  get #stepBytes(): number {
    return 3 * this.#room + this.#room / 8;
  }

  /** How many errors are ranked; 0 where none are. */
  countOf(step: number): number {
    return this.#scalars[step * SCALARS];
  }

  /** A view, until another is kept, with the order written out into `byError`, which is as long as the ranking. */
  ofStep(step: number, byError: Uint16Array): Ranking {
    const at = step * SCALARS;
    const from = step * this.#stepBytes;
    this.#writeOrder(from + 2 * this.#room, byError);
    return {
      byError,
      forecastRanks: this.#bytes.subarray(from, from + byError.length),
      sizeRanks: this.#bytes.subarray(from + this.#room, from + this.#room + byError.length),
      leastSize: this.#scalars[at + 1],
      mostSize: this.#scalars[at + 2],
      boost: this.#scalars[at + 3],
    };
  }

  #writeOrder(lowAt: number, byError: Uint16Array): void {
    const bytes = this.#bytes;
    const highAt = lowAt + this.#room;
    for (let place = 0; place < byError.length; place += 1) {
      const high = (bytes[highAt + (place >> 3)] >> (place & 7)) & 1;
      byError[place] = bytes[lowAt + place] | (high << LOW_BITS);
    }
  }

  keep(step: number, { byError, forecastRanks, sizeRanks, leastSize, mostSize, boost }: Ranking): void {
    const count = byError.length;
    if (count > this.#room) this.#makeRoom(count);
    const [at, from] = [step * SCALARS, step * this.#stepBytes];
    this.#scalars[at] = count;
    this.#scalars[at + 1] = leastSize;
    this.#scalars[at + 2] = mostSize;
    this.#scalars[at + 3] = boost;
    this.#bytes.set(forecastRanks, from);
    this.#bytes.set(sizeRanks, from + this.#room);
    this.#keepOrder(from + 2 * this.#room, byError);
  }

  #keepOrder(lowAt: number, byError: Ranking['byError']): void {
    const bytes = this.#bytes;
    const highAt = lowAt + this.#room;
    bytes.fill(0, highAt, highAt + this.#room / 8);
    for (let place = 0; place < byError.length; place += 1) {
      const index = byError[place];
      bytes[lowAt + place] = index;
      bytes[highAt + (place >> 3)] |= (index >> LOW_BITS) << (place & 7);
    }
  }

  /** All that is kept moves. */
  #makeRoom(errors: number): void {
    const [old, oldRoom, oldBytes] = [this.#bytes, this.#room, this.#stepBytes];
    this.#room = 8 * Math.ceil(Math.max(errors, Math.min(ERROR_ORIGINS, ROOM_RATIO * errors)) / 8);
    this.#bytes = new Uint8Array(this.#steps * this.#stepBytes);
    for (let step = 0; step < this.#steps; step += 1)
      for (let part = 0; part <= 3; part += 1) {
        const from = step * oldBytes + part * oldRoom;
        const length = part < 3 ? oldRoom : oldRoom / 8;
        this.#bytes.set(old.subarray(from, from + length), step * this.#stepBytes + part * this.#room);
      }
  }
}
