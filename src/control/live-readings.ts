/** What is kept of a workload so that a network that reads more than arrival rates is told it. */
import type { TargetRollout } from '../actuate/rollout-state.ts';
import { SECONDS_PER_DAY } from '../domain/clock.ts';
import type { ModelName } from '../domain/forecast.ts';
import type { LiveColumns, LiveFeature, LiveHistory } from '../domain/live-history.ts';
import { DEFAULT_WORKLOAD_CLASS } from '../domain/workload-class.ts';
import { errorReachSeconds } from '../forecast/past-origins.ts';
import { createHistoryBuffer, type HistoryBuffer } from '../observe/history-buffer.ts';
import type { Policy } from '../policy/policy.ts';

export type LiveHistories = Readonly<Partial<Record<LiveFeature, HistoryBuffer>>>;

export interface LiveMember {
  /** Of the metrics that the policy names and a network reads; none until one does. */
  readonly histories: LiveHistories;
  /** Starts of rollouts, ascending, in milliseconds since the epoch. */
  readonly rolloutsAtMs: readonly number[];
  /** Of the newest rollout that was seen; undefined: none has been. */
  readonly revision: string | undefined;
}

export const NOTHING_LIVE: LiveMember = { histories: {}, rolloutsAtMs: [], revision: undefined };

/** What a network speaks in. */
const READERS: ReadonlySet<ModelName> = new Set(['ensemble', 'lstm']);

/** Live metrics that the networks read which may forecast for a class. */
export type LiveMetricsRead = (workloadClass: string) => readonly LiveFeature[];

/**
 * Histories of the live metrics that the policy names and `read` says are read: those that are kept, the same object where
 * they are all, and empty ones of the others. Nothing is kept for nobody: at one-minute slots a metric takes 120 kB.
 */
export function historiesToKeep(
  { metrics, forecast }: Policy,
  kept: LiveHistories,
  read: LiveMetricsRead | undefined,
): LiveHistories {
  if (read === undefined || !forecast.models.some((model) => READERS.has(model))) return kept;
  const wanted = read(forecast.workloadClass ?? DEFAULT_WORKLOAD_CLASS).filter(
    (metric) => metrics.queries[metric] !== undefined,
  );
  const isSame = Object.keys(kept).length === wanted.length && wanted.every((metric) => kept[metric]);
  if (isSame) return kept;
  const { stepSeconds } = forecast;
  const lookbackSeconds = liveReachSeconds(stepSeconds);
  const begun = (): HistoryBuffer =>
    createHistoryBuffer({ stepSeconds, lookbackSeconds, isPastOptional: true });
  return Object.fromEntries(wanted.map((metric) => [metric, kept[metric] ?? begun()]));
}

/** The farthest origin that a network judges itself by, and the day before it. */
function liveReachSeconds(stepSeconds: number): number {
  return errorReachSeconds(stepSeconds) + SECONDS_PER_DAY;
}

/** As a forecast takes it; undefined where nothing is known. */
export function liveHistoryOf({ histories, rolloutsAtMs }: LiveMember): LiveHistory | undefined {
  const names = Object.keys(histories) as LiveFeature[];
  if (names.length === 0 && rolloutsAtMs.length === 0) return undefined;
  const metrics: LiveColumns = Object.fromEntries(names.map((name) => [name, histories[name]!.series()]));
  return { metrics, rolloutsAtMs };
}

/** Far more than there are within what a network looks back over. */
const MOST_ROLLOUTS = 100;

/**
 * With a rollout that the target tells of: one that begins while it is watched has begun now. The one that is there at the
 * first look has begun by the time at which it last came further, which is all that is left to be known of it.
 */
export function withRollout(live: LiveMember, rollout: TargetRollout | undefined, nowMs: number): LiveMember {
  if (rollout === undefined || rollout.revision === live.revision) return live;
  const { revision, progressedAtMs } = rollout;
  const beganAtMs = live.revision === undefined ? progressedAtMs : nowMs;
  if (beganAtMs === null) return { ...live, revision };
  return { ...live, revision, rolloutsAtMs: [...live.rolloutsAtMs, beganAtMs].slice(-MOST_ROLLOUTS) };
}
