import { ERROR_ORIGINS } from '../../past-origins.ts';
import { type PastPaths, stepByStep } from '../../past-paths.ts';
import type { RateScale } from '../../scale.ts';
import { fittedSteps } from '../arima/fitted-steps.ts';

/** Rows of room at first; it grows by a quarter until there is a sixteenth more than is kept. */
const FIRST_ROWS = 32;
const GROWTH = 1.25;
const MOST_ROWS = ERROR_ORIGINS + ERROR_ORIGINS / 16;
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
  #count = 0;
  #slots = new Int32Array(FIRST_ROWS);
  /** [origin][lowest, part] */
  #spans = new Float32Array(FIRST_ROWS * 2);
  /** [origin][step], parts above the lowest. */
  #parts: Uint16Array;
  /** [origin][knot] */
  #sizes: Float32Array;

  constructor(steps: number, stepSeconds: number) {
    this.#steps = steps;
    this.#knots = fittedSteps(steps, stepSeconds);
    this.#parts = new Uint16Array(FIRST_ROWS * steps);
    this.#sizes = new Float32Array(FIRST_ROWS * this.#knots.length);
  }

  /** Ascending by slot. `sizes`: linear between the steps that regressions are fitted at. */
  add(slot: number, mixed: Float32Array, sizes: Float32Array): void {
    if (this.#count === this.#slots.length) this.#makeRoom();
    const row = this.#count;
    this.#slots[row] = slot;
    this.#keepForecasts(row, mixed);
    this.#knots.forEach((step, knot) => (this.#sizes[row * this.#knots.length + knot] = sizes[step]));
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
    this.#spans[2 * row] = lowest;
    this.#spans[2 * row + 1] = part;
    for (let step = 0, at = row * this.#steps; step < this.#steps; step += 1, at += 1)
      this.#parts[at] = part > 0 ? Math.min(PARTS, Math.round((mixed[step] - lowest) / part)) : 0;
  }

  /** Of the newest ERROR_ORIGINS, in `room`; true until the next one is added, or the next question. */
  paths(scale: RateScale, room: WrittenOut): PastPaths<Float32Array> {
    const steps = this.#steps;
    const first = Math.max(0, this.#count - ERROR_ORIGINS);
    const origins = this.#slots.subarray(first, this.#count);
    const written = room.roomFor(steps * origins.length);
    for (let step = 0; step < steps; step += 1) this.#writeForecasts(step, first, written.forecasts);
    this.#writeSizes(first, written.sizes);
    return { scale, steps, origins, ...stepByStep(origins.length), ...written };
  }

  #writeForecasts(step: number, first: number, forecasts: Float32Array): void {
    const [steps, count, spans, parts] = [this.#steps, this.#count, this.#spans, this.#parts];
    let to = step * (count - first);
    for (let row = first, at = first * steps + step; row < count; row += 1, at += steps)
      forecasts[to++] = spans[2 * row] + spans[2 * row + 1] * parts[at];
  }

  #writeSizes(first: number, sizes: Float32Array): void {
    const knots = this.#knots;
    this.#writeStepSizes({ step: knots[0], knot: 0, share: 0 }, first, sizes);
    for (let knot = 0; knot + 1 < knots.length; knot += 1)
      for (let step = knots[knot] + 1; step <= knots[knot + 1]; step += 1) {
        const share = (step - knots[knot]) / (knots[knot + 1] - knots[knot]);
        this.#writeStepSizes({ step, knot, share }, first, sizes);
      }
  }

  /** `share`: of the way from the knot to the next one. */
  #writeStepSizes(
    { step, knot, share }: { readonly step: number; readonly knot: number; readonly share: number },
    first: number,
    sizes: Float32Array,
  ): void {
    const [perRow, count, kept] = [this.#knots.length, this.#count, this.#sizes];
    const next = share > 0 ? 1 : 0;
    let to = step * (count - first);
    for (let row = first, at = first * perRow + knot; row < count; row += 1, at += perRow)
      sizes[to++] = kept[at] + share * (kept[at + next] - kept[at]);
  }

  #makeRoom(): void {
    const rows = Math.min(MOST_ROWS, Math.ceil(GROWTH * this.#slots.length));
    const from = Math.max(0, this.#count - ERROR_ORIGINS);
    this.#slots = moved(this.#slots, from, rows, 1);
    this.#spans = moved(this.#spans, from, rows, 2);
    this.#parts = moved(this.#parts, from, rows, this.#steps);
    this.#sizes = moved(this.#sizes, from, rows, this.#knots.length);
    this.#count -= from;
  }
}

/** Rows of `length` numbers from row `from` on, at the beginning of room for so many `rows`: the same where that is long enough. */
function moved<Numbers extends Int32Array | Uint16Array | Float32Array>(
  old: Numbers,
  from: number,
  rows: number,
  length: number,
): Numbers {
  if (old.length === rows * length) {
    old.copyWithin(0, from * length);
    return old;
  }
  const larger = new (old.constructor as new (count: number) => Numbers)(rows * length);
  larger.set(old.subarray(from * length));
  return larger;
}
