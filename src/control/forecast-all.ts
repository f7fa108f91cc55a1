import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { ChainRequest } from '../forecast/select-forecast.ts';
import type { Member } from './fleet.ts';
import { forecastBeside } from './forecast-beside.ts';
import { dueOf, foreseenOf, requestFor, takeForecast, unavailable, type Foreseen } from './kept-forecast.ts';
import type { Seen } from './observe-all.ts';
import { reportLostTick, type TickDeps } from './tick-deps.ts';

/** A chunk that takes longer than this holds up whoever shares the thread: the API first of all. */
const CHUNK_MS = 20;

/**
 * A forecast for every workload: a new one for those that have a slot which their newest forecast did not know, in as
 * few calls as the time allows, the longest unforecast first; the others use theirs again (its origin says how old it
 * is). A workload that has none yet and whose turn has not come is told so: `DeadlineExceeded`. Where they are made
 * beside the loop, see forecast-beside.ts.
 */
export async function forecastAll(
  deps: TickDeps,
  seen: readonly Seen[],
  signal: AbortSignal,
): Promise<readonly Foreseen[]> {
  if (deps.background !== undefined) return forecastBeside(deps, deps.background, seen, signal);
  const due = dueOf(seen);
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
  return seen.map((one) => foreseenOf(one, one.member.forecast?.result ?? notYet(one.member)));
}

function forecastChunk(deps: TickDeps, chunk: readonly Seen[]): void {
  const results = forecastSafely(deps, chunk);
  chunk.forEach((one, index) => takeForecast(deps, one, results[index]));
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

function notYet(member: Member): ForecastResult {
  return unavailable(member, 'DeadlineExceeded', 'the time for forecasts was over before its turn came');
}
