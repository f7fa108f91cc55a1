import type { LocalClock } from '../../local-clock.ts';
import type { RateScale } from '../../scale.ts';
import type { ArimaFit } from './arima-fit.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { FeatureSource } from './feature-source.ts';
import { volatilityAt, writeOriginColumns } from './features.ts';
import { fittedSteps } from './fitted-steps.ts';
import type { SummedView } from './series-view.ts';
import { type StepFit, StepFits } from './step-fits.ts';
import { type OriginRows, StepRegression, type StepTask } from './step-regression.ts';

export interface ChainTask {
  readonly scale: RateScale;
  readonly clock: LocalClock;
  readonly plan: FeaturePlan;
  readonly firstSlot: number;
  readonly horizonSteps: number;
}

/** A row counts half after three weeks. */
const HALF_LIFE_DAYS = 21;
/** Rows times steps added per day: what a day may cost. */
const ROWS_PER_DAY = 2400;
/** Rows begin when this share of a day is known where days are compared, else after some slots. */
const WARM_UP_DAYS = 0.6;
const WARM_UP_SLOTS = 15;
/** Share of the scale's unit that is no change. */
const LEAST_CHANGE_RATIO = 1e-9;
/** A forecast may be so many times the largest rate so far. */
const MOST_EXTRAPOLATION = 1.5;
/** It may pass below the scaled rate of 0, which is cut off only when it is read as a rate: its errors are unbiased so. */
const LOWEST_BELOW_ZERO = 0.5;

/**
 * The fits of one series, one after the other: each takes the rows since the one before it into the normal equations.
 * Direct multi-step: each step has its own regression, so errors do not feed on themselves (Marcellino, Stock and
 * Watson 2006). What a fit is depends on the first slot, the fit slots passed and the samples before it alone.
 */
export class FitChain {
  readonly task: ChainTask;
  readonly #steps: readonly number[];
  /** The fits before; undefined where there were too few rows. */
  #fits: { at(step: number): StepFit | undefined } = [];
  /** What is kept of each step, one behind the other: most of what a series takes. */
  readonly #kept: Float32Array;
  #fitSlot: number;
  #largest = -Infinity;
  /** Whether there was any row to learn from: before, a fit is nothing. */
  #hasRows = false;

  constructor(task: ChainTask) {
    this.task = task;
    this.#fitSlot = task.firstSlot;
    this.#steps = fittedSteps(task.horizonSteps, task.plan.stepSeconds);
    this.#kept = new Float32Array(this.#steps.length * StepRegression.keptNumbers(task.plan));
  }

  get fitSlot(): number {
    return this.#fitSlot;
  }

  /** The fit at `fitSlot`, later than the one before; reads nothing from it on. undefined while there are too few rows. */
  advance(view: SummedView, fitSlot: number): ArimaFit | undefined {
    const { scale, plan, clock, firstSlot } = this.task;
    this.#largest = Math.max(this.#largest, view.largestIn(this.#fitSlot, fitSlot));
    const origins = this.#newOrigins(fitSlot);
    if (!this.#hasRows && origins.length === 0) {
      this.#fitSlot = fitSlot;
      return undefined;
    }
    this.#hasRows = true;
    const largestRps = scale.rpsFromScaled(this.#largest);
    const unit = scale.unitOf(largestRps);
    // A tenth of the mean change; where nothing ever changed, a trace of the level.
    const changeUnit = 0.1 * view.meanChange(fitSlot, fitSlot - firstSlot) + LEAST_CHANGE_RATIO * unit;
    const source: FeatureSource = { plan, clock, view, changeUnit };
    const rows = { ...originRows(source, origins, unit), perDay: this.#rowsPerDay() };
    const decayRatio = 0.5 ** ((fitSlot - this.#fitSlot) / (HALF_LIFE_DAYS * plan.slotsPerDay));
    this.#fitSlot = fitSlot;
    const steps = this.#absorbed({ source, rows, decayRatio });
    if (!steps.every((step): step is StepFit => step !== undefined)) {
      this.#fits = steps.map((fit, i) => fit ?? this.#fits.at(i));
      return undefined;
    }
    const fits = new StepFits(steps, plan);
    this.#fits = fits;
    const lowest = scale.scaledFromRps(0) - LOWEST_BELOW_ZERO * unit;
    return {
      fitSlot,
      plan,
      changeUnit,
      lowest,
      highest: scale.scaledFromRps(MOST_EXTRAPOLATION * largestRps),
      steps: fits,
    };
  }

  #absorbed(task: Pick<StepTask, 'source' | 'rows' | 'decayRatio'>): readonly (StepFit | undefined)[] {
    const { plan } = this.task;
    const regression = new StepRegression(plan);
    const numbers = StepRegression.keptNumbers(plan);
    return this.#steps.map((step, i) =>
      regression.absorb(
        { ...task, step, before: this.#fits.at(i) },
        this.#kept.subarray(i * numbers, (i + 1) * numbers),
      ),
    );
  }

  #strideSlots(): number {
    const { hasDay, slotsPerDay } = this.task.plan;
    return hasDay ? Math.max(1, Math.round((slotsPerDay * this.#steps.length) / ROWS_PER_DAY)) : 1;
  }

  #rowsPerDay(): number {
    return this.task.plan.slotsPerDay / this.#strideSlots();
  }

  /** Origins at fixed slots of the clock whose horizon has become known since the fit before. */
  #newOrigins(fitSlot: number): number[] {
    const { plan, firstSlot, horizonSteps } = this.task;
    const stride = this.#strideSlots();
    const warmUp = plan.hasDay ? Math.ceil(WARM_UP_DAYS * plan.slotsPerDay) : WARM_UP_SLOTS;
    const first = Math.max(firstSlot + warmUp, this.#fitSlot - horizonSteps + 1);
    const origins: number[] = [];
    for (let slot = Math.ceil(first / stride) * stride; slot <= fitSlot - horizonSteps; slot += stride)
      origins.push(slot);
    return origins;
  }
}

function originRows(
  source: FeatureSource,
  origins: readonly number[],
  unit: number,
): Omit<OriginRows, 'perDay'> {
  const { originColumns } = source.plan;
  const values = new Float64Array(origins.length * originColumns);
  origins.forEach((origin, row) =>
    writeOriginColumns(source, origin, { values, start: row * originColumns }),
  );
  const volatilities = origins.map((origin) => volatilityAt(source, origin));
  return { origins, values, volatilities, unit };
}
