import type { ReplicaStatus } from '../actuate/scaler.ts';
import type { Mutable } from '../domain/mutable.ts';
import type { Observation } from '../domain/observation.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { gatherObservation, requestsFor, type GatheredMetrics } from '../observe/gather-observation.ts';
import type { Reach } from '../observe/history-buffer.ts';
import { withStartup } from '../policy/startup-time.ts';
import { startDeadline } from './deadline.ts';
import { ownTimeMs, type Member } from './fleet.ts';
import { learnRate, sizedRateRps } from './learn-rate.ts';
import { historiesToKeep, withRollout } from './live-readings.ts';
import { readReplicas } from './read-replicas.ts';
import { countFaults, readSources } from './read-sources.ts';
import type { Answered, Asked } from './source-read.ts';
import { forEachSafely, type TickDeps } from './tick-deps.ts';

/** What one look at one workload gave. */
export interface Seen {
  readonly member: Member;
  readonly observation: Observation;
  readonly history: TimeSeries;
  readonly status: ReplicaStatus;
}

/**
 * Everything that is to be known of the workloads that are attended at `nowMs`: what their metrics sources say (of one that
 * is slow, what it said to the tick before), then the replicas.
 */
export async function observeAll(
  deps: TickDeps,
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const members = deps.fleet.attendedAt(nowMs);
  for (const member of members) restore(deps, member);
  const late = takeLate(deps, members, nowMs);
  const admitted = deps.firstReads?.admit(members);
  const reached = members.map((member) => ({ member, reach: reachOf(member, admitted) }));
  const asked = forEachSafely(deps, 'observe', reached, (one) => ask(deps, one, nowMs));
  const look = startDeadline(deps.lookSeconds ?? Infinity, signal);
  try {
    const { answered, left } = await readSources(deps, asked, look.signal);
    deps.firstReads?.learn(answered);
    const unknown = left.filter(({ member }) => !late.has(member));
    countFaults(deps, [...answered, ...unknown]);
    const fresh = forEachSafely(deps, 'observe', [...answered, ...unknown], (one) => gather(deps, one));
    const gathered = [...fresh, ...left.flatMap(({ member }) => late.get(member) ?? [])];
    return await withReplicas(deps, gathered, look.signal);
  } finally {
    look.clear();
  }
}

/** What has come since the tick before of sources that were not waited for, as it is to be judged now. */
function takeLate(deps: TickDeps, members: readonly Member[], nowMs: number): ReadonlyMap<Member, Gathered> {
  const attended = new Set(members);
  const answered = (deps.lateReads?.take() ?? [])
    .flatMap((read) => read.answered)
    .filter(({ member }) => attended.has(member));
  deps.firstReads?.learn(answered);
  countFaults(deps, answered);
  const now = answered.map((one) => ({ ...one, nowMs: ownTimeMs(one.member, nowMs) }));
  const gathered = forEachSafely(deps, 'observe', now, (one) => gather(deps, one));
  return new Map(gathered.map((one) => [one.member, one]));
}

/** What an earlier life knew of a workload that is looked at for the first time. */
function restore({ series }: TickDeps, { policy, history, looked }: Member): void {
  const stored = looked === undefined && !history.isWhole() ? series?.load(policy) : undefined;
  if (stored) history.restore(stored);
}

function reachOf(member: Member, admitted: ReadonlySet<Member> | undefined): Reach {
  return admitted === undefined || admitted.has(member) ? 'whole' : 'newest';
}

function ask(
  { looksBetweenSlots = false, liveMetricsRead }: TickDeps,
  { member, reach }: { member: Member; reach: Reach },
  nowMs: number,
): Asked {
  const { policy, history, source, work: histories } = member;
  const ownMs = ownTimeMs(member, nowMs);
  const isLive = looksBetweenSlots && source.resolutionSeconds(policy.workload) === null;
  const live = historiesToKeep(policy, member.live.histories, liveMetricsRead);
  if (live !== member.live.histories) member.live = { ...member.live, histories: live };
  const requests = requestsFor(policy, history, ownMs, { histories, live, reach, isLive });
  return { member, nowMs: ownMs, requests };
}

function gather({ series }: TickDeps, answered: Answered): Gathered {
  const { member, nowMs, requests, answers } = answered;
  const { policy, history, work: histories } = member;
  const { histories: live } = member.live;
  const metrics = gatherObservation(policy, history, { requests, answers, histories, live }, nowMs);
  member.looked = metrics;
  if (history.isWhole()) series?.keep(policy, history.series());
  member.rate = learnRate(policy, histories, nowMs, member.rate);
  return { member, nowMs, metrics };
}

interface Gathered {
  readonly member: Member;
  readonly nowMs: number;
  readonly metrics: GatheredMetrics;
}

/** A workload whose replicas cannot be read loses this tick: without knowing what runs there is nothing to decide. */
async function withReplicas(
  deps: TickDeps,
  gathered: readonly Gathered[],
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const read = await readReplicas(deps, gathered, signal);
  const both = gathered.map(({ member, nowMs, metrics }, index) => ({
    member,
    nowMs,
    metrics,
    replicas: read[index],
  }));
  const known = both.filter(({ replicas }) => replicas !== undefined);
  const unread = both.length - known.length;
  if (unread > 0) reportUnread(deps, unread, both.length);
  return forEachSafely(deps, 'observe', known, ({ member, nowMs, metrics, replicas }) => {
    if ('error' in replicas!) throw replicas.error;
    return seen(member, { nowMs, metrics, status: replicas!.status });
  });
}

/** Many at a time, for one and the same reason. */
function reportUnread({ metrics, logger }: TickDeps, unread: number, of: number): void {
  for (let one = 0; one < unread; one += 1) metrics.workloadFailed('observe');
  logger.error({ unread, of }, 'replicas could not be read in time: they come first at the next tick');
}

function seen(
  member: Member,
  { nowMs, metrics, status }: { nowMs: number; metrics: GatheredMetrics; status: ReplicaStatus },
): Seen {
  const { learnedStartup } = status;
  member.live = withRollout(member.live, status.rollout, nowMs);
  const policy = (member.policy = withStartup(member.policy, learnedStartup));
  const learnedRate = member.rate?.learned;
  // Field by field: there is a new one at every tick.
  const observation = {
    workload: policy.workload,
    observedAtMs: nowMs,
    arrivalRate: metrics.arrivalRate,
    context: metrics.context,
    dependencies: metrics.dependencies,
    coverageRatio: metrics.coverageRatio,
    serviceRateRps: sizedRateRps(policy, learnedRate),
  } as Mutable<Observation>;
  if (learnedRate) observation.learnedRate = learnedRate;
  if (learnedStartup) observation.learnedStartup = learnedStartup;
  observation.currentReplicas = status.currentReplicas;
  observation.readyReplicas = status.readyReplicas;
  observation.startingReplicas = Math.max(0, status.currentReplicas - status.readyReplicas);
  observation.rollingOut = status.rollingOut;
  observation.paused = policy.paused;
  // Decided from the memory: what has waited since the last decision is not something that can be looked at.
  observation.backlogRequests = 0;
  return { member, observation, history: metrics.history, status };
}
