import { learnServiceRate } from '../capacity/learn-service-rate.ts';
import { workHistory, type WorkColumns } from '../capacity/work-history.ts';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { LearnedRate } from '../domain/service-rate.ts';
import { knownAt, type TimeSeries } from '../domain/time-series.ts';
import type { MetricHistories } from '../observe/gather-observation.ts';
import type { Policy } from '../policy/policy.ts';

/** A learned rate with what it was learned from: used again until there is something newer. */
export interface KeptRate {
  readonly histories: readonly TimeSeries[];
  readonly slots: number;
  readonly learned: LearnedRate;
}

/** What is learned from histories that end where the newest usable slot does. */
export function learnedFrom({ capacity }: Policy, columns: WorkColumns): LearnedRate {
  const { serversPerReplica, scalability } = capacity;
  const history = workHistory(columns, { serversPerReplica, ...scalability });
  return 'missing' in history
    ? { kind: 'unknown', message: `there is no history of ${history.missing}` }
    : learnServiceRate(history);
}

/** The rate as of `nowMs`, or `kept` where nothing has come since; undefined where the policy gives the rate. */
export function learnRate(
  policy: Policy,
  work: MetricHistories,
  nowMs: number,
  kept: KeptRate | undefined,
): KeptRate | undefined {
  if (policy.capacity.serviceRateRps !== null) return undefined;
  const usableToMs = nowMs - policy.metrics.delaySeconds * MS_PER_SECOND;
  const entries = Object.entries(work).map(([metric, buffer]) => [metric, buffer.series()] as const);
  const known = entries.map(([metric, series]) => [metric, knownAt(series, usableToMs)] as const);
  const histories = entries.map(([, series]) => series);
  const slots = known.reduce((sum, [, { values }]) => sum + values.length, 0);
  const isSame = kept?.slots === slots && histories.every((series, i) => series === kept.histories[i]);
  if (kept !== undefined && isSame) return kept;
  return { histories, slots, learned: learnedFrom(policy, Object.fromEntries(known)) };
}

/**
 * What is sized with: the policy's rate, or the lower end of the learned one's 95 % interval. A rate that is taken too
 * high costs late requests, one too low the share of a replica; and with the lower end more uncertainty never gives
 * fewer replicas. null: not known.
 */
export function sizedRateRps(policy: Policy, learned: LearnedRate | undefined): number | null {
  return policy.capacity.serviceRateRps ?? (learned?.kind === 'learned' ? learned.lowerRps : null);
}
