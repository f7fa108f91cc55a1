import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { MS_PER_SECOND } from '../domain/clock.ts';
import { MEDIAN_INDEX, type ForecastResult, type SkipReason } from '../domain/forecast.ts';
import { seriesEndMs, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import type { ChainRequest } from '../forecast/select-forecast.ts';
import type { KeptForecast, Member } from './fleet.ts';
import { stepsAhead } from './join-fleet.ts';
import type { Seen } from './observe-all.ts';
import { reportLostTick, type TickDeps } from './tick-deps.ts';

/** What is, with what is to be expected. */
export interface Foreseen extends Seen {
  readonly forecast: ForecastResult;
}

/** A chunk that takes longer than this holds up whoever shares the thread: the API first of all. */
const CHUNK_MS = 20;

/**
 * A forecast for every workload: a new one for those that have a slot which their newest forecast did not know, in as
 * few calls as the time allows, the longest unforecast first; the others use theirs again (its origin says how old it
 * is). A workload that has none yet and whose turn has not come is told so: `DeadlineExceeded`.
 */
export async function forecastAll(
  deps: TickDeps,
  seen: readonly Seen[],
  signal: AbortSignal,
): Promise<readonly Foreseen[]> {
  const due = seen.filter(({ member, history }) => isNew(member.forecast, history)).sort(oldestFirst);
  const endMs = deps.clock.monotonicMs() + deps.forecastSeconds * MS_PER_SECOND;
  let chunkSize = 1;
  for (let from = 0; from < due.length;) {
    const beganMs = deps.clock.monotonicMs();
    if (beganMs >= endMs || signal.aborted) break;
    const chunk = due.slice(from, from + chunkSize);
    forecastChunk(deps, chunk);
    from += chunk.length;
    chunkSize = deps.clock.monotonicMs() - beganMs < CHUNK_MS ? 2 * chunkSize : 1;
    if (from < due.length) await yieldToEventLoop();
  }
  return seen.map((one) => ({ ...one, forecast: one.member.forecast?.result ?? notYet(one.member) }));
}

function oldestFirst(a: Seen, b: Seen): number {
  return (a.member.forecast?.historyEndMs ?? -Infinity) - (b.member.forecast?.historyEndMs ?? -Infinity) || 0;
}

function forecastChunk(deps: TickDeps, chunk: readonly Seen[]): void {
  const results = forecastSafely(deps, chunk);
  chunk.forEach(({ member, history }, index) => {
    tellError(deps, member, history);
    member.forecast = { historyEndMs: seriesEndMs(history), result: scored(member, history, results[index]) };
    deps.metrics.forecastMade(results[index]);
  });
}

/** With how good the forecasts before it were: what has come since is scored first. */
function scored({ accuracy }: Member, history: TimeSeries, result: ForecastResult): ForecastResult {
  accuracy.forecast(history, result);
  const score = accuracy.accuracy();
  return result.kind === 'forecast' && score ? { ...result, accuracy: score } : result;
}

function isNew(kept: KeptForecast | undefined, history: TimeSeries): boolean {
  return kept === undefined || kept.historyEndMs !== seriesEndMs(history);
}

/** The chain does not throw; should it (a bug), each workload is asked for by itself, so that one costs one. */
function forecastSafely(deps: TickDeps, due: readonly Seen[]): readonly ForecastResult[] {
  const requests = due.map((one) => requestFor(deps, one));
  try {
    return whole(deps.forecaster.forecast(requests), requests);
  } catch {
    return due.map(({ member }, index) => {
      try {
        return whole(deps.forecaster.forecast([requests[index]]), [requests[index]])[0];
      } catch (error) {
        reportLostTick(deps, 'forecast', member, error);
        return unavailable(member, 'FitFailed', error instanceof Error ? error.message : String(error));
      }
    });
  }
}

function whole(
  results: readonly ForecastResult[],
  requests: readonly ChainRequest[],
): readonly ForecastResult[] {
  if (results.length === requests.length) return results;
  throw new Error(`${results.length} forecasts for ${requests.length} requests`);
}

function requestFor({ tickSeconds }: TickDeps, { member: { policy }, history }: Seen): ChainRequest {
  return {
    seriesKey: workloadKey(policy.workload),
    series: history,
    ...stepsAhead(policy, tickSeconds),
    calendar: policy.calendar,
    models: policy.forecast.models,
  };
}

/** A workload without a forecast is still served for its measured load. */
function unavailable({ policy }: Member, reason: SkipReason, message: string): ForecastResult {
  return {
    kind: 'unavailable',
    skipped: policy.forecast.models.map((model) => ({ model, reason, message })),
  };
}

function notYet(member: Member): ForecastResult {
  return unavailable(member, 'DeadlineExceeded', 'the time for forecasts was over before its turn came');
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
