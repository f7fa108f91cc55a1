import type { PastPaths } from '../../past-paths.ts';
import { ERROR_ORIGINS } from '../../past-origins.ts';
import type { RateScale } from '../../scale.ts';

/** Rows of room at first; it grows by a quarter until there is an eighth more than is kept. */
const FIRST_ROWS = 32;
const GROWTH = 1.25;
const MOST_ROWS = ERROR_ORIGINS + ERROR_ORIGINS / 8;

/** What was mixed at the newest ERROR_ORIGINS origins, row by row in three arrays: a few bytes more than its numbers. */
export class MixedOrigins {
  readonly #steps: number;
  #count = 0;
  #slots = new Int32Array(FIRST_ROWS);
  #forecasts: Float32Array;
  #sizes: Float32Array;

  constructor(steps: number) {
    this.#steps = steps;
    this.#forecasts = new Float32Array(FIRST_ROWS * steps);
    this.#sizes = new Float32Array(FIRST_ROWS * steps);
  }

  /** Ascending by slot. */
  add(slot: number, mixed: Float32Array, sizes: Float32Array): void {
    if (this.#count === this.#slots.length) this.#makeRoom();
    this.#slots[this.#count] = slot;
    this.#forecasts.set(mixed, this.#count * this.#steps);
    this.#sizes.set(sizes, this.#count * this.#steps);
    this.#count += 1;
  }

  /** Of the newest ERROR_ORIGINS; true until the next one is added. */
  paths(scale: RateScale): PastPaths {
    const steps = this.#steps;
    const from = Math.max(0, this.#count - ERROR_ORIGINS);
    return {
      scale,
      steps,
      origins: this.#slots.subarray(from, this.#count),
      forecasts: this.#forecasts.subarray(from * steps, this.#count * steps),
      sizes: this.#sizes.subarray(from * steps, this.#count * steps),
    };
  }

  #makeRoom(): void {
    const steps = this.#steps;
    const rows = Math.min(MOST_ROWS, Math.ceil(GROWTH * this.#slots.length));
    const from = Math.max(0, this.#count - ERROR_ORIGINS);
    this.#slots = moved(this.#slots, from, rows);
    this.#forecasts = moved(this.#forecasts, from * steps, rows * steps);
    this.#sizes = moved(this.#sizes, from * steps, rows * steps);
    this.#count -= from;
  }
}

/** What stands from `from` on, at the beginning of an array of `length`: the same one where that is long enough. */
function moved<Numbers extends Int32Array | Float32Array>(
  old: Numbers,
  from: number,
  length: number,
): Numbers {
  if (old.length === length) {
    old.copyWithin(0, from);
    return old;
  }
  const larger = old instanceof Int32Array ? new Int32Array(length) : new Float32Array(length);
  larger.set(old.subarray(from));
  return larger as Numbers;
}
