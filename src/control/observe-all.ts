import type { ReplicaStatus } from '../actuate/scaler.ts';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Observation } from '../domain/observation.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { gatherObservation, requestsFor, type GatheredMetrics } from '../observe/gather-observation.ts';
import type { Reach } from '../observe/history-buffer.ts';
import type { MetricsSource, SeriesAnswer, SeriesRequest } from '../observe/metrics-source.ts';
import { withStartup } from '../policy/startup-time.ts';
import { beforeAbort, startDeadline } from './deadline.ts';
import { ownTimeMs, type Member } from './fleet.ts';
import { bySource } from './first-reads.ts';
import { learnRate, sizedRateRps } from './learn-rate.ts';
import { readReplicas } from './read-replicas.ts';
import { forEachSafely, type TickDeps } from './tick-deps.ts';

/** What one look at one workload gave. */
export interface Seen {
  readonly member: Member;
  readonly observation: Observation;
  readonly history: TimeSeries;
  readonly status: ReplicaStatus;
}

interface Asked {
  readonly member: Member;
  readonly nowMs: number;
  readonly requests: readonly SeriesRequest[];
}

interface Answered extends Asked {
  readonly answers: readonly SeriesAnswer[];
  /** What its source took for the whole batch. */
  readonly readSeconds: number;
}

/** Of the time for reading: what a source may take beyond it to tell what it has. */
const GRACE_SHARE = 0.2;

/**
 * Everything that is to be known of the workloads that are attended at `nowMs`: one batch to each metrics source, all
 * sources at once, then the replicas. A source that is late, throws or answers too little is a source that is down.
 */
export async function observeAll(
  deps: TickDeps,
  nowMs: number,
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const members = deps.fleet.attendedAt(nowMs);
  for (const member of members) restore(deps, member);
  const admitted = deps.firstReads?.admit(members);
  const reached = members.map((member) => ({ member, reach: reachOf(member, admitted) }));
  const asked = forEachSafely(deps, 'observe', reached, (one) => ask(deps, one, nowMs));
  const look = startDeadline(deps.lookSeconds ?? Infinity, signal);
  try {
    const answered = await readAll(deps, asked, look.signal);
    deps.firstReads?.learn(answered);
    const gathered = forEachSafely(deps, 'observe', answered, (one) => gather(deps, one));
    return await withReplicas(deps, gathered, look.signal);
  } finally {
    look.clear();
  }
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
  { looksBetweenSlots = false }: TickDeps,
  { member, reach }: { member: Member; reach: Reach },
  nowMs: number,
): Asked {
  const { policy, history, source, work: histories } = member;
  const ownMs = ownTimeMs(member, nowMs);
  const isLive = looksBetweenSlots && source.resolutionSeconds(policy.workload) === null;
  const requests = requestsFor(policy, history, ownMs, { histories, reach, isLive });
  return { member, nowMs: ownMs, requests };
}

function gather({ series }: TickDeps, answered: Answered): Gathered {
  const { member, nowMs, requests, answers } = answered;
  const { policy, history, work: histories } = member;
  const metrics = gatherObservation(policy, history, { requests, answers, histories }, nowMs);
  member.looked = metrics;
  if (history.isWhole()) series?.keep(policy, history.series());
  member.rate = learnRate(policy, histories, nowMs, member.rate);
  return { ...answered, metrics };
}

async function readAll(
  deps: TickDeps,
  asked: readonly Asked[],
  signal: AbortSignal,
): Promise<readonly Answered[]> {
  const deadline = startDeadline(deps.observeSeconds, signal);
  const grace = startDeadline((1 + GRACE_SHARE) * deps.observeSeconds, signal);
  try {
    const until = { ends: deadline.signal, over: grace.signal };
    const batches = [...bySource(asked, ({ member }) => member)].map(([source, batch]) =>
      readBatch(deps, source, batch, until),
    );
    const answered = (await Promise.all(batches)).flat();
    for (const { answers } of answered) countFaults(deps, answers);
    return answered;
  } finally {
    deadline.clear();
    grace.clear();
  }
}

/** A source is told when its time `ends`, and can then tell what it has; when that is `over`, it is down. */
interface ReadingTime {
  readonly ends: AbortSignal;
  readonly over: AbortSignal;
}

async function readBatch(
  { clock }: TickDeps,
  source: MetricsSource,
  batch: readonly Asked[],
  { ends, over }: ReadingTime,
): Promise<readonly Answered[]> {
  const beganMs = clock.monotonicMs();
  const requests = batch.flatMap((one) => one.requests);
  const down = (cause: unknown): readonly SeriesAnswer[] => {
    const message = cause instanceof Error ? cause.message : String(cause);
    return requests.map(() => ({ kind: 'sourceDown', message }));
  };
  // `async`: a source that throws at once is one that rejects.
  const reading = (async () => source.read(requests, ends))();
  const answers = await beforeAbort(reading, over, down);
  const whole =
    answers.length === requests.length
      ? answers
      : down(`answered ${answers.length} of ${requests.length} requests`);
  const readSeconds = (clock.monotonicMs() - beganMs) / MS_PER_SECOND;
  let from = 0;
  return batch.map(({ member, nowMs, requests: asked }) => {
    const to = from + asked.length;
    const answers = whole.slice(from, to);
    from = to;
    return { member, nowMs, requests: asked, answers, readSeconds };
  });
}

function countFaults({ metrics }: TickDeps, answers: readonly SeriesAnswer[]): void {
  for (const answer of answers) {
    if (answer.kind === 'sourceDown' || answer.kind === 'queryRejected') metrics.sourceFailed(answer.kind);
    else if (answer.kind === 'samples' && answer.partialMessage !== null) metrics.sourceFailed('partial');
  }
}

interface Gathered extends Answered {
  readonly metrics: GatheredMetrics;
}

/** A workload whose replicas cannot be read loses this tick: without knowing what runs there is nothing to decide. */
async function withReplicas(
  deps: TickDeps,
  gathered: readonly Gathered[],
  signal: AbortSignal,
): Promise<readonly Seen[]> {
  const read = await readReplicas(deps, gathered, signal);
  const both = gathered.flatMap((one, index) => {
    const replicas = read[index];
    return replicas === undefined ? [] : [{ member: one.member, one, replicas }];
  });
  if (both.length < gathered.length) reportUnread(deps, gathered.length - both.length, gathered.length);
  return forEachSafely(deps, 'observe', both, ({ member, one, replicas }) => {
    if ('error' in replicas) throw replicas.error;
    return seen(member, { nowMs: one.nowMs, metrics: one.metrics, status: replicas.status });
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
  const policy = (member.policy = withStartup(member.policy, learnedStartup));
  const { history, ...measured } = metrics;
  const learnedRate = member.rate?.learned;
  const observation: Observation = {
    workload: policy.workload,
    observedAtMs: nowMs,
    ...measured,
    serviceRateRps: sizedRateRps(policy, learnedRate),
    ...(learnedRate && { learnedRate }),
    ...(learnedStartup && { learnedStartup }),
    currentReplicas: status.currentReplicas,
    readyReplicas: status.readyReplicas,
    startingReplicas: Math.max(0, status.currentReplicas - status.readyReplicas),
    rollingOut: status.rollingOut,
    paused: policy.paused,
    // Decided from the memory: what has waited since the last decision is not something that can be looked at.
    backlogRequests: 0,
  };
  return { member, observation, history, status };
}
