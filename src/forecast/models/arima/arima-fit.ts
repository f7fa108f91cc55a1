import type { LocalClock } from '../../local-clock.ts';
import { predictWithin } from './change-record.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { FeatureSource } from './feature-source.ts';
import {
  hourColumn,
  volatilityAt,
  writeOriginColumns,
  writeSpreadColumns,
  writeTargetColumns,
} from './features.ts';
import { hourShapeAt } from './hour-shape.ts';
import type { SeriesView } from './series-view.ts';
import { spreadOf } from './spread-model.ts';
import type { StepFits } from './step-fits.ts';

/** All that forecasting needs: one regression for the value and one for the size of its error per fitted step. */
export interface ArimaFit {
  readonly fitSlot: number;
  readonly plan: FeaturePlan;
  readonly changeUnit: number;
  /** Forecasts are kept within these (scaled) bounds: beyond them the regression extrapolates. */
  readonly lowest: number;
  readonly highest: number;
  readonly steps: StepFits;
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
  const row = { values: new Float64Array(plan.originColumns + plan.targetColumns), start: 0 };
  const spreadRow = { values: new Float64Array(plan.spreadColumns), start: 0 };
  writeOriginColumns(source, origin, row);
  const volatility = volatilityAt(source, origin);
  const hour = hourColumn(plan);
  const beliefs: HourBelief[] = [];
  const { steps } = fit.steps;
  for (let i = 0; i < steps.length; i += 1) {
    const stepFit = fit.steps.at(i);
    const { step, value, spread } = stepFit;
    writeTargetColumns(source, origin, step, { values: row.values, start: plan.originColumns });
    const forecast = Math.min(fit.highest, Math.max(fit.lowest, predictWithin(stepFit, row, plan)));
    writeSpreadColumns(source, volatility, { row, forecast }, spreadRow);
    into.forecasts[step] = forecast;
    into.sizes[step] = Math.sqrt(spreadOf(spread, spreadRow));
    if (plan.hasHour) beliefs.push({ step, shape: row.values[hour], ratio: value.coefficients[hour] });
  }
  interpolateBetween(steps, into.forecasts);
  interpolateBetween(steps, into.sizes);
  addHourShape(fit, beliefs, (step) => hourShapeAt(source, origin + step, origin), into.forecasts);
}

/** What is usual at the minute of the hour of a fitted step, and the share of it that the step has learnt to believe. */
interface HourBelief {
  readonly step: number;
  readonly shape: number;
  readonly ratio: number;
}

/** Between fitted steps: what the minute of the hour is above those of the steps beside it, as far as these have learnt to believe it. */
function addHourShape(
  fit: Pick<ArimaFit, 'lowest' | 'highest'>,
  beliefs: readonly HourBelief[],
  shapeAt: (step: number) => number,
  path: Float64Array,
): void {
  for (let i = 1; i < beliefs.length; i += 1) {
    const [from, to] = [beliefs[i - 1], beliefs[i]];
    for (let step = from.step + 1; step < to.step; step += 1) {
      const share = (step - from.step) / (to.step - from.step);
      const shape = shapeAt(step);
      const above = (1 - share) * from.ratio * (shape - from.shape) + share * to.ratio * (shape - to.shape);
      path[step] = Math.min(fit.highest, Math.max(fit.lowest, path[step] + above));
    }
  }
}

function interpolateBetween(fitted: readonly number[], path: Float64Array): void {
  for (let i = 1; i < fitted.length; i += 1) {
    const from = fitted[i - 1];
    const to = fitted[i];
    for (let step = from + 1; step < to; step += 1)
      path[step] = path[from] + ((path[to] - path[from]) * (step - from)) / (to - from);
  }
}
