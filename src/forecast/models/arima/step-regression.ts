import { NormalEquations } from '../../numeric/normal-equations.ts';
import { medianOfMagnitudes } from '../../numeric/order-statistics.ts';
import { NO_CHANGE, predictWithin, reachOf, withChanges } from './change-record.ts';
import { type FeaturePlan, HOLIDAY_COLUMNS } from './feature-plan.ts';
import type { FeatureSource } from './feature-source.ts';
import { surpriseOf, type Volatility, writeSpreadColumns, writeTargetColumns } from './features.ts';
import { isHoliday } from './same-time-before.ts';
import { SpreadRegression } from './spread-model.ts';
import type { StepFit } from './step-fits.ts';

/** Origins with the regressors that are the same at every step. */
export interface OriginRows {
  readonly origins: readonly number[];
  readonly values: Float64Array;
  /** Of each origin. */
  readonly volatilities: readonly Volatility[];
  /** The scale's unit. */
  readonly unit: number;
  readonly perDay: number;
}

/** Numbers that are kept beside the equations. */
const KEPT_SCALARS = 7;
const LEAST_ROWS = 40;
const PENALTY = 1e-4;
/** Targets further than this many robust standard deviations from what is usual count less (Huber 1964). */
const HUBER_DELTA = 1.345;
/** Median of magnitudes -> standard deviation, for normal errors. */
const SIGMA_PER_MEDIAN = 1.4826;

/** Rows of one step: regressors, what came, and how far that is from what is usual. */
interface KnownRows {
  readonly origins: readonly number[];
  readonly volatilities: readonly Volatility[];
  readonly matrix: Float64Array;
  readonly targets: Float64Array;
  readonly surprises: Float64Array;
  readonly unit: number;
}

/** What one step of the horizon learns from, and what it has learnt. */
export interface StepTask {
  readonly source: FeatureSource;
  readonly rows: OriginRows;
  readonly step: number;
  /** The step's fit before. */
  readonly before: StepFit | undefined;
  /** Everything so far counts so many times what it did. */
  readonly decayRatio: number;
}

/**
 * The regression of one step of the horizon after the other. Rows are added as time goes by and weigh less the older they
 * are; what is far from all that is usual (recent level and seasonal change, profile, yesterday) weighs less from the start, by
 * Huber's weights, so that a row needs to be seen only once. The size of errors is learnt from the errors of the fit before: out
 * of sample. Between two fits a step is an array of numbers.
 */
export class StepRegression {
  readonly #plan: FeaturePlan;
  readonly #values: NormalEquations;
  readonly #sizes: SpreadRegression;
  /** Days of holidays seen, older ones count less. */
  #holidays = 0;
  #surpriseSum = 0;
  #surpriseCount = 0;
  #changes = NO_CHANGE;

  constructor(plan: FeaturePlan) {
    this.#plan = plan;
    this.#values = new NormalEquations(plan.originColumns + plan.targetColumns);
    this.#sizes = new SpreadRegression(plan.spreadColumns);
  }

  /** How many numbers are kept of a step. */
  static keptNumbers(plan: FeaturePlan): number {
    const ofValues = NormalEquations.keptNumbers(plan.originColumns + plan.targetColumns);
    return ofValues + SpreadRegression.keptNumbers(plan.spreadColumns) + KEPT_SCALARS;
  }

  /** Goes on from what is `kept` of the step (zeros at first) and writes it anew. undefined while there are too few rows. */
  absorb(task: StepTask, kept: Float32Array): StepFit | undefined {
    const { values, sizes, scalars } = this.#partsOf(kept);
    this.#values.continueFrom(values);
    this.#sizes.continueFrom(sizes);
    this.#continueFrom(scalars);
    const fit = this.#absorbed(task);
    this.#values.keepIn(values);
    this.#sizes.keepIn(sizes);
    scalars.set(this.#scalars());
    return fit;
  }

  #continueFrom(scalars: Float32Array): void {
    const [holidays, surpriseSum, surpriseCount, lowest, secondLowest, highest, secondHighest] = scalars;
    this.#holidays = holidays;
    this.#surpriseSum = surpriseSum;
    this.#surpriseCount = surpriseCount;
    this.#changes = { lowest, secondLowest, highest, secondHighest };
  }

  #scalars(): number[] {
    const { lowest, secondLowest, highest, secondHighest } = this.#changes;
    const changes = [lowest, secondLowest, highest, secondHighest];
    return [this.#holidays, this.#surpriseSum, this.#surpriseCount, ...changes];
  }

  #partsOf(kept: Float32Array): Record<'values' | 'sizes' | 'scalars', Float32Array> {
    const sizesAt = NormalEquations.keptNumbers(this.#plan.originColumns + this.#plan.targetColumns);
    const scalarsAt = kept.length - KEPT_SCALARS;
    return {
      values: kept.subarray(0, sizesAt),
      sizes: kept.subarray(sizesAt, scalarsAt),
      scalars: kept.subarray(scalarsAt),
    };
  }

  #absorbed({ source, rows, step, before, decayRatio }: StepTask): StepFit | undefined {
    const known = this.#knownRows(source, rows, step);
    this.#values.decay(decayRatio);
    this.#sizes.decay(decayRatio);
    if (before !== undefined) this.#addErrors(source, known, before);
    this.#addValues(known, decayRatio);
    this.#holidays = this.#holidays * decayRatio + holidayRows(source, known.origins, step) / rows.perDay;
    if (this.#values.rows < LEAST_ROWS) return undefined;
    const value = this.#values.solve(this.#penalty(), this.#holidayPenalty());
    if (value === undefined) return undefined;
    const reach = reachOf(this.#changes);
    if (before === undefined) this.#addErrors(source, known, { value, reach });
    const spread = this.#sizes.solve();
    return spread && { step, value, spread, reach };
  }

  /** Few rows per regressor are shrunk more. */
  #penalty(): number {
    const columns = this.#plan.originColumns + this.#plan.targetColumns;
    return PENALTY + (columns / this.#values.weight) ** 2;
  }

  /** What one holiday alone taught counts half, what two did two thirds: each may have been a day of its own kind. */
  #holidayPenalty(): { readonly columns: number; readonly penalty: number } | undefined {
    if (!this.#plan.hasHolidays || !(this.#holidays > 0)) return undefined;
    return { columns: HOLIDAY_COLUMNS, penalty: 1 / this.#holidays };
  }

  #knownRows(
    source: FeatureSource,
    { origins, values, volatilities, unit }: OriginRows,
    step: number,
  ): KnownRows {
    const { originColumns, targetColumns } = this.#plan;
    const columns = originColumns + targetColumns;
    const rows: number[] = [];
    for (let row = 0; row < origins.length; row += 1)
      if (!Number.isNaN(source.view.at(origins[row] + step))) rows.push(row);
    const matrix = new Float64Array(rows.length * columns);
    const targets = new Float64Array(rows.length);
    const surprises = new Float64Array(rows.length);
    rows.forEach((row, i) => {
      const start = i * columns;
      matrix.set(values.subarray(row * originColumns, (row + 1) * originColumns), start);
      const target = { values: matrix, start: start + originColumns };
      writeTargetColumns(source, origins[row], step, target);
      targets[i] = source.view.at(origins[row] + step);
      surprises[i] = surpriseOf(this.#plan, { values: matrix, start }, targets[i]);
    });
    return {
      origins: rows.map((row) => origins[row]),
      volatilities: rows.map((row) => volatilities[row]),
      matrix,
      targets,
      surprises,
      unit,
    };
  }

  #addValues({ matrix, targets, surprises }: KnownRows, decayRatio: number): void {
    const count = targets.length;
    if (count === 0) return;
    this.#surpriseSum = this.#surpriseSum * decayRatio + medianOfMagnitudes(surprises) * count;
    this.#surpriseCount = this.#surpriseCount * decayRatio + count;
    const limit = (HUBER_DELTA * SIGMA_PER_MEDIAN * this.#surpriseSum) / this.#surpriseCount;
    const weights = surprises.map((surprise) => (limit > 0 && surprise > limit ? limit / surprise : 1));
    this.#values.addRows(matrix, targets, weights);
    this.#changes = withChanges(this.#changes, matrix, targets);
  }

  #addErrors(source: FeatureSource, known: KnownRows, fit: Pick<StepFit, 'value' | 'reach'>): void {
    const { volatilities, targets, unit } = known;
    const { originColumns, targetColumns, spreadColumns } = this.#plan;
    const matrix = new Float64Array(targets.length * spreadColumns);
    const sizes = targets.map((target, i) => {
      const row = { values: known.matrix, start: i * (originColumns + targetColumns) };
      const forecast = predictWithin(fit, row, this.#plan);
      const into = { values: matrix, start: i * spreadColumns };
      writeSpreadColumns(source, volatilities[i], { row, forecast }, into);
      return Math.abs(target - forecast);
    });
    if (sizes.length > 0) this.#sizes.add({ matrix, sizes, unit });
  }
}

function holidayRows(source: FeatureSource, origins: readonly number[], step: number): number {
  return source.plan.hasHolidays ? origins.filter((origin) => isHoliday(source, origin + step)).length : 0;
}
