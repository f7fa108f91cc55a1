/** What forecasts are made of and what becomes of them, whoever makes them. */
import { MS_PER_SECOND } from '../domain/clock.ts';
import { MEDIAN_INDEX, noForecast, type ForecastResult, type SkipReason } from '../domain/forecast.ts';
import { seriesEndMs, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import { learningOffsetOf } from '../forecast/learning-offset.ts';
import type { ChainRequest } from '../forecast/select-forecast.ts';
import type { Member } from './fleet.ts';
import { stepsAhead } from './join-fleet.ts';
import { liveHistoryOf } from './live-readings.ts';
import type { Seen } from './observe-all.ts';
import type { TickDeps } from './tick-deps.ts';

/** What is, with what is to be expected. */
export interface Foreseen extends Seen {
  readonly forecast: ForecastResult;
}

export function foreseenOf(
  { member, observation, history, status }: Seen,
  forecast: ForecastResult,
): Foreseen {
  return { member, observation, history, status, forecast };
}

/** Those that have a slot which their newest forecast did not know, the longest unforecast first. */
export function dueOf(seen: readonly Seen[]): readonly Seen[] {
  return seen
    .filter(({ member, history }) => member.forecast?.historyEndMs !== seriesEndMs(history))
    .sort((a, b) => knownToMs(a.member) - knownToMs(b.member) || 0);
}

function knownToMs({ forecast }: Member): number {
  return forecast?.historyEndMs ?? -Infinity;
}

export function requestFor({ tickSeconds, lentShapes }: TickDeps, { member, history }: Seen): ChainRequest {
  const { policy } = member;
  const live = liveHistoryOf(member.live);
  const seriesKey = workloadKey(policy.workload);
  return {
    seriesKey,
    learningOffsetSeconds: learningOffsetOf(seriesKey),
    series: history,
    ...(live && { live }),
    ...stepsAhead(policy, tickSeconds),
    calendar: policy.calendar,
    models: policy.forecast.models,
    workloadClass: policy.forecast.workloadClass,
    borrowedShape: lentShapes?.shapeFor(member, history),
  };
}

/** Keeps a forecast that was made from `history`, with how good those before it were, and counts it. */
export function takeForecast(
  deps: TickDeps,
  { member, history }: Pick<Seen, 'member' | 'history'>,
  result: ForecastResult,
): void {
  tellError(deps, member, history);
  const { decisionSteps } = stepsAhead(member.policy, deps.tickSeconds);
  const led = member.leadGate.lead(history, result, decisionSteps);
  member.forecast = { historyEndMs: seriesEndMs(history), result: scored(member, history, led) };
  deps.metrics.forecastMade(led);
}

/** What has come since the forecasts before is scored first. */
function scored({ accuracy }: Member, history: TimeSeries, result: ForecastResult): ForecastResult {
  accuracy.forecast(history, result);
  const score = accuracy.accuracy();
  return result.kind === 'forecast' && score ? { ...result, accuracy: score } : result;
}

/** A workload without a forecast is still served for its measured load. */
export function unavailable({ policy }: Member, reason: SkipReason, message: string): ForecastResult {
  return noForecast(policy.forecast.models, reason, message);
}

/** How far the newest slot is from what had been forecast for it; nothing where either is not known or it is 0. */
function tellError({ metrics }: TickDeps, { forecast, policy }: Member, history: TimeSeries): void {
  const measuredRps = history.values.at(-1);
  if (forecast?.result.kind !== 'forecast' || measuredRps === undefined || !(measuredRps > 0)) return;
  const { originAtMs, stepSeconds, quantilesRps } = forecast.result;
  const startMs = seriesEndMs(history) - history.stepSeconds * MS_PER_SECOND;
  const medianRps =
    quantilesRps[Math.round((startMs - originAtMs) / (stepSeconds * MS_PER_SECOND))]?.[MEDIAN_INDEX];
  if (medianRps === undefined) return;
  metrics.forecastMissed(policy.workload, Math.abs(medianRps - measuredRps) / measuredRps);
}
