import { MS_PER_SECOND } from '../domain/clock.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import { seriesEndMs } from '../domain/time-series.ts';
import type { BackgroundForecaster } from '../forecast/background-forecaster.ts';
import { withinDeadline } from './deadline.ts';
import type { AskedForecast, Member } from './fleet.ts';
import { dueOf, foreseenOf, requestFor, takeForecast, unavailable, type Foreseen } from './kept-forecast.ts';
import type { Seen } from './observe-all.ts';
import { reportLostTick, type TickDeps } from './tick-deps.ts';

/** A forecast that does not know the newest so many steps is late: those that it did not see may say otherwise. */
const LATE_STEPS = 2;

/** So many are made within a tenth of a second: they are waited for. Of more, most would be late for the tick. */
const MOST_AWAITED = 50;

/**
 * Asks for a new forecast for every workload that has a slot which its newest one did not know. Few are waited for, until
 * `forecastSeconds` are over, and none twice; what is made later is there at the next tick, and until then the newest
 * finished one serves (its origin says how old it is). One that is late is no forecast any more, and the reason is told:
 * `DeadlineExceeded`, or why none could be made.
 */
export async function forecastBeside(
  deps: TickDeps,
  background: BackgroundForecaster,
  seen: readonly Seen[],
  signal: AbortSignal,
): Promise<readonly Foreseen[]> {
  const due = dueOf(seen).filter(({ member }) => member.asked === undefined);
  const answered = Promise.all(due.map((one) => ask(deps, background, one)));
  const limit = { seconds: deps.forecastSeconds, parent: signal };
  if (due.length > 0 && due.length <= MOST_AWAITED)
    await withinDeadline<unknown>(
      limit,
      () => answered,
      () => undefined,
    );
  return seen.map((one) => foreseenOf(one, newestOf(one)));
}

/** Resolves, and never rejects, when it is answered and taken. */
function ask(deps: TickDeps, background: BackgroundForecaster, one: Seen): Promise<void> {
  const { history, member } = one;
  const { workload } = member.policy;
  const asked: AskedForecast = { historyEndMs: seriesEndMs(history) };
  member.asked = asked;
  const take = (result: ForecastResult): void => {
    // It may have left meanwhile, or be another one under the same name.
    const now = deps.fleet.member(workload);
    if (now?.asked !== asked) return;
    now.asked = undefined;
    now.failed = isFailure(result) ? result : undefined;
    if (now.failed === undefined) takeForecast(deps, { member: now, history }, result);
  };
  return background
    .forecast(requestFor(deps, one))
    .then(take)
    .catch((error: unknown) => reportLostTick(deps, 'forecast', member, error));
}

/** Asked for again at the next tick; what was made before serves on until it is late. */
function isFailure(result: ForecastResult): boolean {
  return result.kind === 'unavailable' && result.skipped.some(({ reason }) => reason === 'WorkerFailed');
}

function newestOf({ member, history }: Seen): ForecastResult {
  const { forecast, failed } = member;
  if (forecast === undefined) return failed ?? lateBecause(member, 'its first forecast is being made');
  const missedSteps = (seriesEndMs(history) - forecast.historyEndMs) / (history.stepSeconds * MS_PER_SECOND);
  if (missedSteps <= LATE_STEPS) return forecast.result;
  return failed ?? lateBecause(member, `the newest forecast does not know the last ${missedSteps} steps`);
}

function lateBecause(member: Member, message: string): ForecastResult {
  return unavailable(member, 'DeadlineExceeded', message);
}
