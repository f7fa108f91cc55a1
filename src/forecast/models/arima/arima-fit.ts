import { SECONDS_PER_DAY } from '../../../domain/clock.ts';
import { fitHuberRidge, type LinearModel } from '../../numeric/huber-ridge.ts';
import type { LocalClock } from '../../local-clock.ts';
import type { RateScale } from '../../scale.ts';
import type { FeaturePlan } from './feature-plan.ts';
import {
  type FeatureSource,
  writeOriginColumns,
  writeSpreadColumns,
  writeTargetColumns,
} from './features.ts';
import type { SeriesView, SummedView } from './series-view.ts';
import { fitSpread, type SpreadModel, spreadOf } from './spread-model.ts';

/** All that forecasting needs: one regression for the value and one for the size of its error per fitted step. */
export interface ArimaFit {
  readonly fitSlot: number;
  readonly plan: FeaturePlan;
  readonly changeUnit: number;
  /** Forecasts are kept within these (scaled) bounds: beyond them the regression extrapolates. */
  readonly lowest: number;
  readonly highest: number;
  readonly steps: readonly StepFit[];
}

interface StepFit {
  readonly step: number;
  readonly value: LinearModel;
  readonly spread: SpreadModel;
}

export interface FitTask {
  readonly scale: RateScale;
  /** Of the slots before `fitSlot`. */
  readonly view: SummedView;
  readonly clock: LocalClock;
  readonly plan: FeaturePlan;
  readonly fitSlot: number;
  readonly horizonSteps: number;
}

/** Days of rows: three weeks, eight where a day has only a few slots. */
export function fitDays(stepSeconds: number): number {
  return stepSeconds < 1800 ? 21 : 56;
}
/** How far back the regressors of one row reach: three weeks and a day of margin. */
export const REGRESSOR_REACH_SECONDS = 22 * SECONDS_PER_DAY;

const MOST_ROWS = 3024;
const LEAST_ROWS = 40;
/** Longer horizons are fitted at so many steps, and interpolated between. */
const MOST_FITTED_STEPS = 15;
const PENALTY = 1e-3;
/** Added for each regressor per row: few rows are shrunk more. */
const PENALTY_PER_COLUMN_PER_ROW = 0.2;
const HUBER_ITERATIONS = 2;
/** Share of the scale's unit that is no change. */
const LEAST_CHANGE_RATIO = 1e-9;
/** A forecast may be so many times the largest rate of the fit's history. */
const MOST_EXTRAPOLATION = 1.5;
/** It may pass below the scaled rate of 0, which is cut off only when it is read as a rate: its errors are unbiased so. */
const LOWEST_BELOW_ZERO = 0.5;

/**
 * Fits on the slots before `fitSlot`; undefined where they hold too few samples. Direct multi-step: each step has
 * its own regression, so errors do not feed on themselves (Marcellino, Stock and Watson 2006).
 */
export function fitArima(task: FitTask): ArimaFit | undefined {
  const { view, plan, fitSlot, scale } = task;
  const unit = scale.unitOf(view.largestRps);
  const source: FeatureSource = {
    plan,
    clock: task.clock,
    view,
    // A tenth of the mean change; where nothing ever changed, a trace of the level.
    changeUnit: 0.1 * view.meanChange(fitSlot, fitSlot - view.firstSlot) + LEAST_CHANGE_RATIO * unit,
  };
  const origins = rowOrigins(task);
  const originRows = new Float64Array(origins.length * plan.originColumns);
  origins.forEach((origin, row) =>
    writeOriginColumns(source, origin, { values: originRows, start: row * plan.originColumns }),
  );
  const steps: StepFit[] = [];
  for (const step of fittedSteps(task.horizonSteps)) {
    const fit = fitStep(source, { origins, originRows, step, unit });
    if (fit === undefined) return undefined;
    steps.push(fit);
  }
  return {
    fitSlot,
    plan,
    changeUnit: source.changeUnit,
    lowest: scale.scaledFromRps(0) - LOWEST_BELOW_ZERO * unit,
    highest: scale.scaledFromRps(MOST_EXTRAPOLATION * view.largestRps),
    steps,
  };
}

/** Origins of the rows: at fixed slots of the clock, the whole horizon known before the fit. */
function rowOrigins({ view, plan, fitSlot, horizonSteps }: FitTask): number[] {
  const ageSlots = fitSlot - view.firstSlot;
  const warmUp = Math.min(plan.slotsPerDay, Math.floor(ageSlots / 3));
  const windowSlots = fitDays(plan.stepSeconds) * plan.slotsPerDay;
  const first = Math.max(view.firstSlot + warmUp, fitSlot - windowSlots);
  const stride = Math.max(1, Math.ceil(view.samplesIn(first, fitSlot) / MOST_ROWS));
  const origins: number[] = [];
  for (let slot = Math.ceil(first / stride) * stride; slot <= fitSlot - horizonSteps; slot += stride)
    origins.push(slot);
  return origins;
}

/** All steps, or MOST_FITTED_STEPS of them, evenly, the first and the last among them. */
function fittedSteps(horizonSteps: number): readonly number[] {
  const count = Math.min(horizonSteps, MOST_FITTED_STEPS);
  return Array.from({ length: count }, (_, i) =>
    count === 1 ? 0 : Math.round((i * (horizonSteps - 1)) / (count - 1)),
  );
}

interface Rows {
  readonly origins: readonly number[];
  readonly originRows: Float64Array;
  /** The scale's unit for the fit's history. */
  readonly unit: number;
}

function fitStep(source: FeatureSource, rows: Rows & { readonly step: number }): StepFit | undefined {
  const { plan, view } = source;
  const { step, originRows } = rows;
  const columns = plan.originColumns + plan.targetColumns;
  const known: number[] = [];
  rows.origins.forEach((origin, row) => {
    if (!Number.isNaN(view.at(origin + step))) known.push(row);
  });
  if (known.length < LEAST_ROWS) return undefined;
  const matrix = new Float64Array(known.length * columns);
  const targets = new Float64Array(known.length);
  known.forEach((row, i) => {
    const origin = rows.origins[row];
    const from = row * plan.originColumns;
    matrix.set(originRows.subarray(from, from + plan.originColumns), i * columns);
    writeTargetColumns(source, origin, step, { values: matrix, start: i * columns + plan.originColumns });
    targets[i] = view.at(origin + step);
  });
  const value = fitHuberRidge({
    matrix,
    targets,
    columns,
    penalty: PENALTY + (PENALTY_PER_COLUMN_PER_ROW * columns) / known.length,
    iterations: HUBER_ITERATIONS,
  });
  if (value === undefined) return undefined;
  const knownOrigins = known.map((row) => rows.origins[row]);
  const spread = fitSpread(source, { matrix, targets, origins: knownOrigins, value, unit: rows.unit });
  return spread === undefined ? undefined : { step, value, spread };
}

/** Scaled forecasts and error sizes (square roots of expected errors) of all steps at `origin`, from slots before it. */
export function predictArima(
  fit: ArimaFit,
  { view, clock }: { readonly view: SeriesView; readonly clock: LocalClock },
  origin: number,
  into: { readonly forecasts: Float64Array; readonly sizes: Float64Array },
): void {
  const { plan, changeUnit } = fit;
  const source: FeatureSource = { plan, view, clock, changeUnit };
  const values = new Float64Array(plan.originColumns + plan.targetColumns);
  const spreadRow = { values: new Float64Array(plan.spreadColumns), start: 0 };
  writeOriginColumns(source, origin, { values, start: 0 });
  for (const { step, value, spread } of fit.steps) {
    writeTargetColumns(source, origin, step, { values, start: plan.originColumns });
    const forecast = Math.min(fit.highest, Math.max(fit.lowest, dot(value, values)));
    writeSpreadColumns(source, origin, { row: { values, start: 0 }, forecast }, spreadRow);
    into.forecasts[step] = forecast;
    into.sizes[step] = Math.sqrt(spreadOf(spread, dot(spread.model, spreadRow.values)));
  }
  interpolateBetween(fit.steps, into.forecasts);
  interpolateBetween(fit.steps, into.sizes);
}

function dot({ coefficients, intercept }: LinearModel, row: Float64Array): number {
  let value = intercept;
  for (let j = 0; j < coefficients.length; j += 1) value += coefficients[j] * row[j];
  return value;
}

function interpolateBetween(fitted: readonly StepFit[], path: Float64Array): void {
  for (let i = 1; i < fitted.length; i += 1) {
    const from = fitted[i - 1].step;
    const to = fitted[i].step;
    for (let step = from + 1; step < to; step += 1)
      path[step] = path[from] + ((path[to] - path[from]) * (step - from)) / (to - from);
  }
}
