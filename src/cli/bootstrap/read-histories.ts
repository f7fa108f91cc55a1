import { startDeadline } from '../../control/deadline.ts';
import { bySource, createFirstReads, type ReadMember } from '../../control/first-reads.ts';
import { ALWAYS, type Member } from '../../control/fleet.ts';
import { newMember } from '../../control/join-fleet.ts';
import { MS_PER_SECOND, type Clock } from '../../domain/clock.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { workloadKey } from '../../domain/workload.ts';
import type { MetricsSource, SeriesAnswer, SeriesRequest } from '../../observe/metrics-source.ts';
import type { Policy } from '../../policy/policy.ts';

/** A workload whose history is to be read, and where from. */
export interface Unread {
  readonly policy: Policy;
  readonly source: MetricsSource;
}

export interface ReadHistoriesDeps {
  readonly clock: Clock;
  /** Keeps what was read of a workload. */
  readonly save: (policy: Policy, series: TimeSeries) => Promise<void>;
  /** After each round, with how many need no more reading. */
  readonly onRound: (done: number) => void;
}

/** What came of each workload, `namespace/name`. */
export interface HistoriesRead {
  readonly read: readonly string[];
  /** The source has no sample of the whole lookback. */
  readonly empty: readonly string[];
  /** Asking again would not help: the query is wrong. */
  readonly refused: readonly Fault[];
  /** Not read before the source was given up, or the signal came. */
  readonly failed: readonly Fault[];
}

export interface Fault {
  readonly workload: string;
  readonly message: string;
}

/** What a round may take; the sources are asked for so much as they answer within a few seconds. */
const ROUND_SECONDS = 60;
/** After so many rounds that brought nothing whoever runs this is to try again later. */
const MOST_VAIN_ROUNDS = 6;
const FIRST_PAUSE_SECONDS = 1;

/**
 * Reads whole histories, of each source as many at a time as it answers quickly (first-reads.ts), and rests after each
 * round for as long as it took: half of the time is for others who ask the same source. What was read is kept before more
 * is asked for, and then let go: whoever is killed loses a round at most, and memory does not grow with the fleet.
 * Rejects only where something cannot be kept.
 */
export async function readHistories(
  unread: readonly Unread[],
  { clock, save, onRound }: ReadHistoriesDeps,
  stop: AbortSignal,
): Promise<HistoriesRead> {
  const firstReads = createFirstReads(0);
  const done: Outcome[] = [];
  const faults = new Map<string, string>();
  let waiting = unread.map(({ policy, source }) => newMember(policy, source, ALWAYS));
  let vainRounds = 0;
  while (waiting.length > 0 && vainRounds < MOST_VAIN_ROUNDS && !stop.aborted) {
    const beganMs = clock.monotonicMs();
    const round = await readRound([...firstReads.admit(waiting)], clock, stop);
    firstReads.learn(round);
    const outcomes = round.map(outcomeOf);
    for (const { member } of round.filter(({ member }) => member.history.isWhole()))
      await save(member.policy, member.history.series());
    for (const one of outcomes) if (one.kind === 'failed') faults.set(one.workload, one.message);
    const answered = outcomes.filter(({ kind }) => kind !== 'failed');
    done.push(...answered);
    const isDone = new Set(answered.map(({ workload }) => workload));
    waiting = waiting.filter((member) => !isDone.has(keyOf(member)));
    onRound(done.length);
    vainRounds = outcomes.every(({ kind }) => kind === 'failed') ? vainRounds + 1 : 0;
    if (waiting.length > 0 && vainRounds < MOST_VAIN_ROUNDS)
      await clock.sleep(restSeconds(clock.monotonicMs() - beganMs, vainRounds), stop);
  }
  const failed = waiting.map(keyOf).map((workload) => ({
    workload,
    message: faults.get(workload) ?? 'not asked for yet',
  }));
  return { ...sorted(done), failed };
}

type Outcome =
  | { readonly kind: 'read' | 'empty'; readonly workload: string }
  | ({ readonly kind: 'refused' | 'failed' } & Fault);

interface Round extends ReadMember {
  readonly request: SeriesRequest;
}

const keyOf = ({ policy }: Member): string => workloadKey(policy.workload);

function restSeconds(tookMs: number, vainRounds: number): number {
  const pauseSeconds = vainRounds > 0 ? FIRST_PAUSE_SECONDS * 2 ** (vainRounds - 1) : 0;
  return Math.max(tookMs / MS_PER_SECOND, pauseSeconds);
}

/** All sources at once, each asked for its own in one batch. */
async function readRound(
  members: readonly Member[],
  clock: Clock,
  stop: AbortSignal,
): Promise<readonly Round[]> {
  const deadline = startDeadline(ROUND_SECONDS, stop);
  const nowMs = clock.nowMs();
  try {
    const batches = [...bySource(members, (member) => member)].map(async ([source, own]) => {
      const requests = own.map((member) => requestOf(member, nowMs));
      const beganMs = clock.monotonicMs();
      const answers = await source.read(requests, deadline.signal);
      const readSeconds = (clock.monotonicMs() - beganMs) / MS_PER_SECOND;
      return own.map((member, at) => ({
        member,
        request: requests[at],
        answers: [answers[at]],
        readSeconds,
      }));
    });
    return (await Promise.all(batches)).flat();
  } finally {
    deadline.clear();
  }
}

/** The arrival rate's whole lookback, up to what may still change. */
function requestOf({ policy, history }: Member, nowMs: number): SeriesRequest {
  const { workload, metrics, forecast } = policy;
  const { arrivalRate: query } = metrics.queries;
  const { stepSeconds } = forecast;
  return { workload, metric: 'arrivalRate', query, stepSeconds, ...history.nextRequest(nowMs, metrics) };
}

function outcomeOf({ member, request, answers: [answer] }: Round): Outcome {
  member.history.append(answer, request);
  const workload = keyOf(member);
  return member.history.isWhole() ? { kind: 'read', workload } : unreadOutcome(workload, answer);
}

function unreadOutcome(workload: string, answer: SeriesAnswer): Outcome {
  if (answer.kind === 'queryRejected') return { kind: 'refused', workload, message: answer.message };
  if (answer.kind === 'sourceDown') return { kind: 'failed', workload, message: answer.message };
  // No sample, or none that is a number: as good as none.
  const partial = answer.kind === 'samples' ? answer.partialMessage : null;
  return partial === null ? { kind: 'empty', workload } : { kind: 'failed', workload, message: partial };
}

function sorted(outcomes: readonly Outcome[]): Omit<HistoriesRead, 'failed'> {
  const of = (kind: 'read' | 'empty'): readonly string[] =>
    outcomes.filter((one) => one.kind === kind).map(({ workload }) => workload);
  const refused = outcomes.flatMap((one) =>
    one.kind === 'refused' ? [{ workload: one.workload, message: one.message }] : [],
  );
  return { read: of('read'), empty: of('empty'), refused };
}
