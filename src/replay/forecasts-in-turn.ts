import type { ForecastResult } from '../domain/forecast.ts';
import type { LiveHistory } from '../domain/live-history.ts';
import { slotStartMs, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import { decisionSteps } from '../forecast/decision-steps.ts';
import { createLeadGate } from '../forecast/lead-gate.ts';
import { createRollingAccuracy } from '../forecast/rolling-accuracy.ts';
import type { ForecastChain } from '../forecast/select-forecast.ts';
import type { Policy } from '../policy/policy.ts';

export interface ForecastWorld {
  readonly chain: ForecastChain;
  readonly history: TimeSeries;
  /** All that is known beside the history: what stands from a slot on is not read there. */
  readonly live?: LiveHistory | undefined;
  readonly policy: Policy;
  readonly tickSeconds: number;
}

/** What forecasts are judged by: what came, and how far a decision looks. */
export type ScoredWorld = Pick<ForecastWorld, 'history' | 'policy' | 'tickSeconds'>;

/**
 * Gives each slot's forecast the score that the controller would have kept by then, or puts the plain plan in its place where
 * the controller would have; asked for slots in order, each once.
 */
export function createForecastScoring(
  world: ScoredWorld,
): (slot: number, forecast: ForecastResult) => ForecastResult {
  const { history } = world;
  const gate = createLeadGate();
  const score = createRollingAccuracy();
  const { decisionSteps } = slotsAhead(world);
  return (slot, made) => {
    const known = { ...history, values: history.values.subarray(0, slot) };
    const forecast = gate.lead(known, made, decisionSteps);
    score.forecast(known, forecast);
    const accuracy = score.accuracy();
    return forecast.kind === 'forecast' && accuracy ? { ...forecast, accuracy } : forecast;
  };
}

/**
 * The forecasts with that score, from the first slot asked for on: slots are asked for in order first, and as often as
 * one likes afterwards. All are kept.
 */
export function createScoredForecasts(
  world: ScoredWorld,
  forecastAt: (slot: number) => ForecastResult,
): (slot: number) => ForecastResult {
  const scoreOf = createForecastScoring(world);
  const scored = new Map<number, ForecastResult>();
  let newestSlot = -1;
  return (slot) => {
    const known = scored.get(slot);
    if (known !== undefined || slot < newestSlot) return known ?? forecastAt(slot);
    newestSlot = slot;
    const told = scoreOf(slot, forecastAt(slot));
    scored.set(slot, told);
    return told;
  };
}

/**
 * The forecasts of a replay: they do not depend on replicas. `forecastAt(slot)` knows the slots before `slot`, at most
 * the policy's lookback of them. Only the last one is kept: they are some 3 kB each.
 */
export function createForecastsInTurn(world: ForecastWorld): (slot: number) => ForecastResult {
  const { chain, history, live, policy } = world;
  const lookbackSlots = Math.floor(policy.forecast.lookbackSeconds / history.stepSeconds);
  return lastKept((slot) => {
    const from = Math.max(0, slot - lookbackSlots);
    const series = {
      ...history,
      startAtMs: slotStartMs(history, from),
      values: history.values.subarray(from, slot),
    };
    const [forecast] = chain.forecast([
      {
        seriesKey: workloadKey(policy.workload),
        series,
        live,
        ...slotsAhead(world),
        calendar: policy.calendar,
        models: policy.forecast.models,
      },
    ]);
    return forecast;
  });
}

/** Several decisions follow from one forecast. */
export function lastKept(forecastAt: (slot: number) => ForecastResult): (slot: number) => ForecastResult {
  let last: { readonly slot: number; readonly forecast: ForecastResult } | undefined;
  return (slot) => {
    if (last?.slot !== slot) last = { slot, forecast: forecastAt(slot) };
    return last.forecast;
  };
}

/** The policy's horizon, never less than a decision looks ahead; and how many slots that is. */
function slotsAhead({ policy, history: { stepSeconds }, tickSeconds }: ScoredWorld) {
  const { forecast, metrics, capacity } = policy;
  const leadTimeSeconds = capacity.startupSeconds + tickSeconds;
  const slots = decisionSteps({ delaySeconds: metrics.delaySeconds, leadTimeSeconds, stepSeconds });
  return {
    horizonSteps: Math.max(slots, Math.ceil(forecast.horizonSeconds / stepSeconds)),
    decisionSteps: slots,
  };
}
