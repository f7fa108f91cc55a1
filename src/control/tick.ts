/**
 * One look at the whole fleet: what is, what will be, what to do about it, doing it, writing it down. Level-based:
 * every tick reads the world anew, so that a tick that is cut off anywhere is made good by the next one.
 */
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Stage } from '../telemetry/metrics.ts';
import { actuateAll } from './actuate-all.ts';
import { decideAll } from './decide-all.ts';
import type { StoredDecision } from './decision-store.ts';
import { forecastAll } from './forecast-all.ts';
import { foreseeCallees } from './foresee-callees.ts';
import { observeAll } from './observe-all.ts';
import { recordAll } from './record-all.ts';
import { restrainAll } from './restrain-all.ts';
import type { TickDeps } from './tick-deps.ts';

/** Resolves to what was decided, soon after `signal` is aborted at the latest. */
export async function tick(
  deps: TickDeps,
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly StoredDecision[]> {
  const watch = stopwatch(deps);
  const seen = await observeAll(deps, nowMs, signal);
  watch.lap('observe');
  const foreseen = foreseeCallees(await forecastAll(deps, seen, signal));
  watch.lap('forecast');
  const judged = decideAll(deps, foreseen);
  watch.lap('decide');
  const restrained = restrainAll(deps, judged, nowMs);
  const actuated = await actuateAll(deps, restrained, signal);
  watch.lap('actuate');
  const stored = recordAll(deps, actuated);
  watch.lap('record');
  watch.total();
  return stored;
}

function stopwatch({ clock, metrics }: TickDeps): { lap(stage: Stage): void; total(): void } {
  const startedMs = clock.monotonicMs();
  let beganMs = startedMs;
  const tell = (stage: Stage, sinceMs: number): void =>
    metrics.stageTook(stage, (clock.monotonicMs() - sinceMs) / MS_PER_SECOND);
  return {
    lap(stage) {
      tell(stage, beganMs);
      beganMs = clock.monotonicMs();
    },
    total: () => tell('total', startedMs),
  };
}
