import { decisionStepsOf } from './forecaster.ts';
import { errorPool } from './error-pool.ts';
import { type PastPaths, pathByPath } from './past-paths.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from './forecaster.ts';
import { endSlotOf, type History, historyFrom } from './history.ts';
import { eventMultipliers } from './known-events.ts';
import { errorReachSeconds, MIN_ERRORS, originStrideSlots, pastOrigins } from './past-origins.ts';
import { distributionAround } from './path-distribution.ts';
import { SQUARE_ROOT } from './scale.ts';
import type { ModelName } from '../domain/forecast.ts';
import { seriesEndMs } from '../domain/time-series.ts';

/** A model that is a rule: one value per step from the slots before the origin, nothing fitted. */
export interface PointRule {
  readonly name: ModelName;
  /** How far back the rule looks, in seconds. */
  readonly reachSeconds: number;
  /** How much history the rule asks for before it speaks, in slots. */
  readonly minSlots: (history: Pick<History, 'slotsPerDay'>) => number;
  /**
   * Writes requests per second per step into `path`, reading no slot from `originSlot` on; false where the rule has
   * nothing to go by.
   */
  readonly write: (history: History, originSlot: number, path: Float64Array) => boolean;
}

export type Unavailable = Extract<ForecastOutcome, { kind: 'unavailable' }>;

/**
 * Makes a forecaster of a rule. Its quantiles come from the rule's own errors at past origins. It keeps nothing
 * between calls. A history cut to `reachSeconds` + the reach of the errors gives the same forecast.
 */
export function forecasterFromRule(rule: PointRule): Forecaster {
  return { name: rule.name, forecast: (requests) => requests.map((request) => forecastOne(rule, request)) };
}

function forecastOne(rule: PointRule, request: ForecastRequest): ForecastOutcome {
  const { series, horizonSteps, calendar, learningOffsetSeconds } = request;
  const reachSeconds = rule.reachSeconds + errorReachSeconds(series.stepSeconds);
  const history = historyFrom(series, calendar.events, reachSeconds, learningOffsetSeconds);
  const needed = rule.minSlots(history) + MIN_ERRORS + horizonSteps - 1;
  if (history.ratesRps.length < needed) return tooShort(needed, history.ratesRps.length);
  const now = new Float64Array(horizonSteps);
  if (!rule.write(history, endSlotOf(history), now)) return unreachable(rule, history);
  const paths = pastPathsOf(rule, history, horizonSteps);
  const pools = Array.from({ length: horizonSteps }, (_, step) => errorPool(paths, step, history));
  const fewest = Math.min(...pools.map((pool) => pool.errors.length));
  if (fewest < MIN_ERRORS) return tooFewErrors(fewest);
  const path = {
    forecasts: now.map(SQUARE_ROOT.scaledFromRps),
    sizes: new Float64Array(horizonSteps).fill(1),
  };
  return withEvents(distributionAround(path, { paths, pools, history }, decisionStepsOf(request)), request);
}

function pastPathsOf(rule: PointRule, history: History, steps: number): PastPaths {
  const earliest = history.firstSlot + rule.minSlots(history);
  const candidates = pastOrigins(history, originStrideSlots(history), earliest);
  const forecasts = new Float64Array(candidates.length * steps);
  let count = 0;
  const origins = candidates.filter((origin) => {
    const path = forecasts.subarray(count * steps, (count + 1) * steps);
    const written = rule.write(history, origin, path);
    if (written) count += 1;
    return written;
  });
  for (let i = 0; i < count * steps; i += 1) forecasts[i] = SQUARE_ROOT.scaledFromRps(forecasts[i]);
  const sizes = new Float64Array(count * steps).fill(1);
  return { scale: SQUARE_ROOT, origins, steps, ...pathByPath(steps), forecasts, sizes };
}

/** Multiplies the forecast by what the calendar announces for its slots. */
export function withEvents(outcome: ForecastOutcome, request: ForecastRequest): ForecastOutcome {
  if (outcome.kind !== 'forecast') return outcome;
  const { series, horizonSteps, calendar } = request;
  const slots = { startAtMs: seriesEndMs(series), stepSeconds: series.stepSeconds, count: horizonSteps };
  const multipliers = eventMultipliers(slots, calendar.events);
  if (multipliers === undefined) return outcome;
  return {
    ...outcome,
    meanRps: outcome.meanRps.map((rate, step) => rate * multipliers[step]),
    quantilesRps: outcome.quantilesRps.map((row, step) => row.map((rate) => rate * multipliers[step])),
  };
}

export function tooShort(neededSlots: number, hasSlots: number): Unavailable {
  const message = `needs ${neededSlots} slots of history, has ${hasSlots}`;
  return { kind: 'unavailable', reason: 'TooLittleHistory', message };
}

export function tooFewErrors(errors: number): Unavailable {
  const message = `needs ${MIN_ERRORS} known errors at every step to state quantiles, has ${errors}`;
  return { kind: 'unavailable', reason: 'TooManyGaps', message };
}

function unreachable(rule: PointRule, history: History): Unavailable {
  const message = `no sample where ${rule.name} looks, in ${history.ratesRps.length} slots of history`;
  return { kind: 'unavailable', reason: 'TooManyGaps', message };
}
