import { endSlotOf, type History } from './history.ts';
import type { PastPaths } from './past-paths.ts';
import type { Ranking } from './pool-ranking.ts';

/** The known errors of one step; all arrays are by origin, the oldest first. */
export interface KnownErrors {
  /** Absolute slots. */
  readonly origins: Int32Array;
  /** error / size */
  readonly errors: Float32Array;
  readonly forecasts: Float32Array;
  readonly sizes: Float32Array;
}

/** Numbers in full precision, of the step that is made: the same for all steps, one after the other. */
export class PoolScratch {
  readonly actuals: Float64Array;
  readonly errors: Float64Array;
  readonly forecasts: Float64Array;
  readonly sizes: Float64Array;
  readonly standardised: Float64Array;

  constructor(mostOrigins: number) {
    this.actuals = new Float64Array(mostOrigins);
    this.errors = new Float64Array(mostOrigins);
    this.forecasts = new Float64Array(mostOrigins);
    this.sizes = new Float64Array(mostOrigins);
    this.standardised = new Float64Array(mostOrigins);
  }
}

/** Sizes are kept within these. */
export type SizeBounds = Pick<Ranking, 'leastSize' | 'mostSize'>;

type Ranks = Pick<Ranking, 'forecastRanks' | 'sizeRanks'>;

/** Where the pool of a step is made; one question after the other may use the same. */
export class PoolRoom {
  readonly scratch: PoolScratch;
  readonly #origins: Int32Array;
  readonly #errors: Float32Array;
  readonly #forecasts: Float32Array;
  readonly #sizes: Float32Array;
  /** See Ranking. */
  readonly #byError: Uint16Array;
  readonly #forecastRanks: Uint8Array;
  readonly #sizeRanks: Uint8Array;
  #count = 0;
  #taken: KnownErrors | undefined;
  #ranks: Ranks | undefined;

  constructor(mostOrigins: number, scratch = new PoolScratch(mostOrigins)) {
    this.scratch = scratch;
    this.#origins = new Int32Array(mostOrigins);
    this.#errors = new Float32Array(mostOrigins);
    this.#forecasts = new Float32Array(mostOrigins);
    this.#sizes = new Float32Array(mostOrigins);
    this.#byError = new Uint16Array(mostOrigins);
    this.#forecastRanks = new Uint8Array(mostOrigins);
    this.#sizeRanks = new Uint8Array(mostOrigins);
  }

  /** Of the known errors. */
  get count(): number {
    return this.#count;
  }

  get origins(): Int32Array {
    return this.#origins.subarray(0, this.#count);
  }

  /** Where the order of so many errors is written: it may stand there before, of a question ago. */
  byError(count: number): Uint16Array {
    return this.#byError.subarray(0, count);
  }

  /** Where the ranks of what was taken in are written. */
  ranks(): Ranks {
    if (this.#ranks?.forecastRanks.length === this.#count) return this.#ranks;
    this.#ranks = {
      forecastRanks: this.#forecastRanks.subarray(0, this.#count),
      sizeRanks: this.#sizeRanks.subarray(0, this.#count),
    };
    return this.#ranks;
  }

  /** Actual less forecast, forecast and size of step `step`, of the origins at which the actual is known. */
  takeIn(paths: PastPaths, step: number, history: History): void {
    const { origins, originStride, forecasts: pastForecasts, sizes: pastSizes } = paths;
    const known = this.#takeActuals(paths, step, history);
    const { actuals, errors, forecasts, sizes } = this.scratch;
    const knownOrigins = this.#origins;
    let count = 0;
    for (let i = 0, at = step * paths.stepStride; i < known; i += 1, at += originStride) {
      const forecast = pastForecasts[at];
      const error = actuals[i] - forecast;
      if (error !== error) continue;
      errors[count] = error;
      forecasts[count] = forecast;
      sizes[count] = pastSizes[at];
      knownOrigins[count] = origins[i];
      count += 1;
    }
    this.#count = count;
  }

  /** Scaled, NaN where there is no sample; returns of how many origins the slot is known. */
  #takeActuals(
    { origins, scale }: Pick<PastPaths, 'origins' | 'scale'>,
    step: number,
    history: History,
  ): number {
    const { ratesRps } = history;
    const { actuals } = this.scratch;
    const shift = step - history.firstSlot;
    const known = countBefore(origins, endSlotOf(history) - step);
    for (let i = 0; i < known; i += 1) actuals[i] = ratesRps[origins[i] + shift];
    scale.writeScaled(actuals, 0, known, actuals);
    return known;
  }

  /** What was taken in, the errors divided by their sizes. */
  standardised({ leastSize, mostSize }: SizeBounds): KnownErrors {
    const { errors, sizes, forecasts } = this.scratch;
    const count = this.#count;
    const [standardised, keptForecasts, keptSizes] = [this.#errors, this.#forecasts, this.#sizes];
    for (let i = 0; i < count; i += 1) {
      const size = sizes[i];
      standardised[i] = errors[i] / (size < leastSize ? leastSize : size > mostSize ? mostSize : size);
      keptForecasts[i] = forecasts[i];
      keptSizes[i] = size;
    }
    return this.#known();
  }

  /** What takeIn and standardised make, in one go where the bounds of the sizes are known before. */
  takeInWithin(
    { leastSize, mostSize }: SizeBounds,
    paths: PastPaths,
    step: number,
    history: History,
  ): KnownErrors {
    const { origins, originStride, forecasts: pastForecasts, sizes: pastSizes } = paths;
    const known = this.#takeActuals(paths, step, history);
    const { actuals } = this.scratch;
    const [knownOrigins, errors, forecasts, sizes] = [
      this.#origins,
      this.#errors,
      this.#forecasts,
      this.#sizes,
    ];
    let count = 0;
    for (let i = 0, at = step * paths.stepStride; i < known; i += 1, at += originStride) {
      const forecast = pastForecasts[at];
      const error = actuals[i] - forecast;
      if (error !== error) continue;
      const size = pastSizes[at];
      errors[count] = error / (size < leastSize ? leastSize : size > mostSize ? mostSize : size);
      forecasts[count] = forecast;
      sizes[count] = size;
      knownOrigins[count] = origins[i];
      count += 1;
    }
    this.#count = count;
    return this.#known();
  }

  /** Views; the same while the count is the same. */
  #known(): KnownErrors {
    const count = this.#count;
    if (this.#taken?.origins.length === count) return this.#taken;
    this.#taken = {
      origins: this.origins,
      errors: this.#errors.subarray(0, count),
      forecasts: this.#forecasts.subarray(0, count),
      sizes: this.#sizes.subarray(0, count),
    };
    return this.#taken;
  }
}

/** How many of `origins`, which ascend, are before `endSlot`. */
export function countBefore(origins: Int32Array, endSlot: number): number {
  let known = origins.length;
  while (known > 0 && origins[known - 1] >= endSlot) known -= 1;
  return known;
}
