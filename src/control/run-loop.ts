import { MS_PER_SECOND, type Clock } from '../domain/clock.ts';
import { startDeadline } from './deadline.ts';

/**
 * What the loop drives and tells. `tick` ends soon after its signal is aborted (it is waited for, as two ticks at once
 * would act on each other's leftovers); whatever it throws is told and costs that tick alone.
 */
export interface RunLoopDeps {
  readonly clock: Clock;
  readonly tick: (nowMs: number, signal: AbortSignal) => Promise<void>;
  /** Ticks whose time passed while another one ran. They are left out, never made up for. */
  readonly onSkipped: (ticks: number) => void;
  readonly onError: (error: unknown) => void;
}

export interface RunLoopSchedule {
  readonly tickSeconds: number;
  /** Real seconds that one tick may take: below `tickSeconds`; Infinity where only the work counts, not its time. */
  readonly timeoutSeconds: number;
  /** The first tick's instant; at once when it has passed. */
  readonly firstAtMs: number;
  /** No tick after this instant; Infinity: until stopped. */
  readonly lastAtMs: number;
}

/**
 * Ticks on a fixed schedule (first, first + tick, …) until `lastAtMs` or until `stop` is aborted. An abort wakes the
 * loop from its sleep and aborts the tick that runs; the loop returns when that tick has ended. Never rejects.
 */
export async function runLoop(
  deps: RunLoopDeps,
  schedule: RunLoopSchedule,
  stop: AbortSignal,
): Promise<void> {
  const { clock } = deps;
  let dueAtMs = schedule.firstAtMs;
  while (dueAtMs <= schedule.lastAtMs) {
    await clock.sleep((dueAtMs - clock.nowMs()) / MS_PER_SECOND, stop);
    if (stop.aborted) return;
    await tickWithin(deps, schedule.timeoutSeconds, stop);
    const next = nextDue(dueAtMs, clock.nowMs(), schedule.tickSeconds * MS_PER_SECOND);
    if (next.skippedTicks > 0) deps.onSkipped(next.skippedTicks);
    dueAtMs = next.atMs;
  }
}

async function tickWithin(deps: RunLoopDeps, timeoutSeconds: number, stop: AbortSignal): Promise<void> {
  const deadline = startDeadline(timeoutSeconds, stop);
  try {
    await deps.tick(deps.clock.nowMs(), deadline.signal);
  } catch (error) {
    deps.onError(error);
  } finally {
    deadline.clear();
  }
}

/**
 * The next instant on the grid of `dueAtMs` that has not passed. A wall clock that was set back by more than a tick
 * starts a new grid from now: waiting for the old one would leave the fleet alone for as long as the clock jumped.
 */
export function nextDue(
  dueAtMs: number,
  nowMs: number,
  tickMs: number,
): { readonly atMs: number; readonly skippedTicks: number } {
  if (nowMs < dueAtMs - tickMs) return { atMs: nowMs + tickMs, skippedTicks: 0 };
  const passedTicks = Math.max(0, Math.ceil((nowMs - dueAtMs) / tickMs) - 1);
  return { atMs: dueAtMs + (passedTicks + 1) * tickMs, skippedTicks: passedTicks };
}
