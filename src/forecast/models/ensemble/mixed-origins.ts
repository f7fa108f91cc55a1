import { ERROR_ORIGINS } from '../../past-origins.ts';
import { type PastPaths, stepByStep } from '../../past-paths.ts';
import type { RateScale } from '../../scale.ts';
import { fittedSteps } from '../arima/fitted-steps.ts';

/** Rows of room at first; it grows by an eighth. */
const FIRST_ROWS = 32;
const GROWTH = 1.125;
/** Numbers of a row before the sizes: the lowest forecast, and a part. */
const SPAN = 2;
/** A forecast is kept as its place between the lowest and the highest of its path, in so many parts. */
const PARTS = 65_535;

/** Where all that was mixed is written out, for one question after the other, of whatever series. */
export class WrittenOut {
  #forecasts = new Float32Array(0);
  #sizes = new Float32Array(0);

  /** [step][origin]; as they are left by the question before. */
  roomFor(numbers: number): Pick<PastPaths<Float32Array>, 'forecasts' | 'sizes'> {
    if (this.#forecasts.length < numbers) {
      this.#forecasts = new Float32Array(numbers);
      this.#sizes = new Float32Array(numbers);
    }
    return { forecasts: this.#forecasts.subarray(0, numbers), sizes: this.#sizes.subarray(0, numbers) };
  }
}

/**
 * What was mixed at the newest ERROR_ORIGINS origins, in half the room of its numbers: forecasts in two bytes, to a part in
 * 65,535 of what the path they are of spans, and the sizes of errors at the steps between which they are linear.
 */
export class MixedOrigins {
  readonly #steps: number;
  readonly #knots: readonly number[];
  readonly #rowLength: number;
  #count = 0;
  #slots = new Int32Array(FIRST_ROWS);
  /** [origin][lowest, part, size at each knot] */
  #numbers: Float32Array;
  /** [origin][step], parts above the lowest. */
  #parts: Uint16Array;

  constructor(steps: number, stepSeconds: number) {
    this.#steps = steps;
    this.#knots = fittedSteps(steps, stepSeconds);
    this.#rowLength = SPAN + this.#knots.length;
    this.#numbers = new Float32Array(FIRST_ROWS * this.#rowLength);
    this.#parts = new Uint16Array(FIRST_ROWS * steps);
  }

  /** Ascending by slot. `sizes`: linear between the steps that regressions are fitted at. */
  add(slot: number, mixed: Float32Array, sizes: Float32Array): void {
    if (this.#count === ERROR_ORIGINS) this.#giveUpOldest();
    if (this.#count === this.#slots.length) this.#makeRoom();
    const row = this.#count;
    this.#slots[row] = slot;
    this.#keepForecasts(row, mixed);
    let at = row * this.#rowLength + SPAN;
    for (const step of this.#knots) this.#numbers[at++] = sizes[step];
    this.#count += 1;
  }

  #keepForecasts(row: number, mixed: Float32Array): void {
    let lowest = Infinity;
    let highest = -Infinity;
    for (let step = 0; step < this.#steps; step += 1) {
      if (mixed[step] < lowest) lowest = mixed[step];
      if (mixed[step] > highest) highest = mixed[step];
    }
    const part = Math.fround((highest - lowest) / PARTS);
    this.#numbers[row * this.#rowLength] = lowest;
    this.#numbers[row * this.#rowLength + 1] = part;
    for (let step = 0, at = row * this.#steps; step < this.#steps; step += 1, at += 1)
      this.#parts[at] = part > 0 ? Math.min(PARTS, Math.round((mixed[step] - lowest) / part)) : 0;
  }

  /** In `room`; true until the next one is added, or the next question. */
  paths(scale: RateScale, room: WrittenOut): PastPaths<Float32Array> {
    const steps = this.#steps;
    const count = this.#count;
    const written = room.roomFor(steps * count);
    for (let step = 0; step < steps; step += 1) this.#writeForecasts(step, written.forecasts);
    this.#writeSizes(written.sizes);
    return { scale, steps, origins: this.#slots.subarray(0, count), ...stepByStep(count), ...written };
  }

  #writeForecasts(step: number, forecasts: Float32Array): void {
    const [steps, count, numbers, parts] = [this.#steps, this.#count, this.#numbers, this.#parts];
    const length = this.#rowLength;
    let to = step * count;
    for (let row = 0, at = 0; row < count; row += 1, at += length)
      forecasts[to++] = numbers[at] + numbers[at + 1] * parts[row * steps + step];
  }

  #writeSizes(sizes: Float32Array): void {
    const knots = this.#knots;
    this.#writeStepSizes({ step: knots[0], knot: 0, share: 0 }, sizes);
    for (let knot = 0; knot + 1 < knots.length; knot += 1)
      for (let step = knots[knot] + 1; step <= knots[knot + 1]; step += 1) {
        const share = (step - knots[knot]) / (knots[knot + 1] - knots[knot]);
        this.#writeStepSizes({ step, knot, share }, sizes);
      }
  }

  /** `share`: of the way from the knot to the next one. */
  #writeStepSizes(
    { step, knot, share }: { readonly step: number; readonly knot: number; readonly share: number },
    sizes: Float32Array,
  ): void {
    const [perRow, count, kept] = [this.#rowLength, this.#count, this.#numbers];
    const next = share > 0 ? 1 : 0;
    let to = step * count;
    for (let row = 0, at = SPAN + knot; row < count; row += 1, at += perRow)
      sizes[to++] = kept[at] + share * (kept[at + next] - kept[at]);
  }

  #giveUpOldest(): void {
    this.#slots.copyWithin(0, 1);
    this.#numbers.copyWithin(0, this.#rowLength);
    this.#parts.copyWithin(0, this.#steps);
    this.#count -= 1;
  }

  #makeRoom(): void {
    const rows = Math.min(ERROR_ORIGINS, Math.ceil(GROWTH * this.#slots.length));
    const [slots, numbers, parts] = [this.#slots, this.#numbers, this.#parts];
    this.#slots = new Int32Array(rows);
    this.#numbers = new Float32Array(rows * this.#rowLength);
    this.#parts = new Uint16Array(rows * this.#steps);
    this.#slots.set(slots);
    this.#numbers.set(numbers);
    this.#parts.set(parts);
  }
}
