import { MS_PER_SECOND } from '../domain/clock.ts';
import { MEDIAN_INDEX, type ForecastResult } from '../domain/forecast.ts';
import { seriesEndMs, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import type { ChainRequest } from '../forecast/select-forecast.ts';
import type { KeptForecast, Member } from './fleet.ts';
import { horizonSteps } from './join-fleet.ts';
import type { Seen } from './observe-all.ts';
import { reportLostTick, type TickDeps } from './tick-deps.ts';

/** What is, with what is to be expected. */
export interface Foreseen extends Seen {
  readonly forecast: ForecastResult;
}

/**
 * A forecast for every workload: one call for all those that have a slot which their newest forecast did not know; the
 * others use that one again (its origin says how old it is).
 */
export function forecastAll(deps: TickDeps, seen: readonly Seen[]): readonly Foreseen[] {
  const due = seen.filter(({ member, history }) => isNew(member.forecast, history));
  const results = due.length === 0 ? [] : forecastSafely(deps, due);
  due.forEach(({ member, history }, index) => {
    const result = results[index];
    tellError(deps, member, history);
    member.forecast = { historyEndMs: seriesEndMs(history), result };
    deps.metrics.forecastMade(result);
  });
  return seen.flatMap((one) => {
    const kept = one.member.forecast;
    return kept === undefined ? [] : [{ ...one, forecast: kept.result }];
  });
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
        return failed(member, error);
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
    horizonSteps: horizonSteps(policy, tickSeconds),
    calendar: policy.calendar,
    models: policy.forecast.models,
  };
}

/** A workload without a forecast is still served for its measured load. */
function failed({ policy }: Member, error: unknown): ForecastResult {
  const message = error instanceof Error ? error.message : String(error);
  const skipped = policy.forecast.models.map((model) => ({ model, reason: 'FitFailed', message }) as const);
  return { kind: 'unavailable', skipped };
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
