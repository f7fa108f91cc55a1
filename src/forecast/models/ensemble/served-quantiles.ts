import { QUANTILE_LEVELS } from '../../../domain/forecast.ts';

/** Levels that are kept of a forecast: what moves, its width, and enough to tell where a rate lies among them. */
export const KEPT_LEVELS = [0.2, 0.5, 0.8, 0.9, 0.95] as const;
const KEPT_INDEXES = KEPT_LEVELS.map((level) => QUANTILE_LEVELS.indexOf(level));
/** Newest origins that are kept: two to three hours. */
export const KEPT_ORIGINS = 8;
/** A forecast is held against the first so many seconds, and of them at most so many steps, evenly spread. */
const JUDGED_SECONDS = 900;
const MOST_JUDGED_STEPS = 8;

/** Quantiles of the rates as they were forecast at `slot`: [judged step][KEPT_LEVELS], requests per second. */
export interface Served {
  readonly slot: number;
  readonly quantilesRps: Float32Array;
}

/** Steps of a forecast that are held against what came, ascending. */
export function judgedSteps(horizonSteps: number, stepSeconds: number): readonly number[] {
  const first = Math.min(horizonSteps, Math.max(1, Math.round(JUDGED_SECONDS / stepSeconds)));
  const apart = Math.ceil(first / MOST_JUDGED_STEPS);
  return Array.from({ length: Math.ceil(first / apart) }, (_, i) => i * apart);
}

/** What was forecast at the newest origins, a number in 4 bytes. */
export class ServedQuantiles {
  readonly steps: readonly number[];
  readonly #rowLength: number;
  /** Of the newest origins, the oldest first; a row each, in one buffer. */
  readonly #slots = new Int32Array(KEPT_ORIGINS);
  readonly #rows: Float32Array;
  #count = 0;

  /** `steps`: those that are kept of each forecast, ascending. */
  constructor(steps: readonly number[]) {
    this.steps = steps;
    this.#rowLength = steps.length * KEPT_LEVELS.length;
    this.#rows = new Float32Array(KEPT_ORIGINS * this.#rowLength);
  }

  /** What keep() keeps. `quantilesAt`: of the rates at a step, at QUANTILE_LEVELS. */
  rowOf(quantilesAt: (step: number) => readonly number[]): Float32Array {
    const row = new Float32Array(this.#rowLength);
    let at = 0;
    for (const step of this.steps) {
      const quantiles = quantilesAt(step);
      for (const index of KEPT_INDEXES) row[at++] = quantiles[index];
    }
    return row;
  }

  /** Origins come in their order. */
  keep({ slot, quantilesRps }: Served): void {
    if (this.#count === KEPT_ORIGINS) {
      this.#slots.copyWithin(0, 1);
      this.#rows.copyWithin(0, this.#rowLength);
      this.#count -= 1;
    }
    this.#rows.set(quantilesRps, this.#count * this.#rowLength);
    this.#slots[this.#count] = slot;
    this.#count += 1;
  }

  /** From `slot` on, the oldest first; true until the next one is kept. */
  since(slot: number): readonly Served[] {
    const kept = Array.from(this.#slots.subarray(0, this.#count), (origin, i) => {
      const from = i * this.#rowLength;
      return { slot: origin, quantilesRps: this.#rows.subarray(from, from + this.#rowLength) };
    });
    return kept.filter((served) => served.slot >= slot);
  }
}
