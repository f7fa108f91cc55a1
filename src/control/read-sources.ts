import { MS_PER_SECOND } from '../domain/clock.ts';
import type { MetricsSource, SeriesAnswer } from '../observe/metrics-source.ts';
import { beforeAbort, startDeadline } from './deadline.ts';
import { bySource } from './first-reads.ts';
import { type Answered, type Asked, faultOf, type SourceRead } from './source-read.ts';
import type { TickDeps } from './tick-deps.ts';

/** Of the time for reading: what a source may take beyond it to tell what it has. */
const GRACE_SHARE = 0.2;
const LEFT_BEHIND = 'it has not answered in time for this tick; what it answers counts at the next one';

/**
 * One batch to each metrics source, all sources at once. A source that is late, throws or answers too little is a source
 * that is down. Those that `late` leaves behind are not among the answered.
 */
export async function readSources(
  deps: TickDeps,
  asked: readonly Asked[],
  signal: AbortSignal,
): Promise<{ readonly answered: readonly Answered[]; readonly left: readonly Answered[] }> {
  const batches = bySource(asked, ({ member }) => member);
  const readings = new Map(
    [...batches].map(([source, batch]) => [source, readBatch(deps, source, batch, signal)]),
  );
  const came = await (deps.lateReads?.inTime(readings) ?? allOf(readings));
  const answered = [...came.values()].flatMap((read) => read.answered);
  const left = [...batches].flatMap(([source, batch]) => (came.has(source) ? [] : batch.map(leftBehind)));
  return { answered, left };
}

async function allOf<Key, Value>(
  promises: ReadonlyMap<Key, Promise<Value>>,
): Promise<ReadonlyMap<Key, Value>> {
  const entries = [...promises].map(async ([key, promise]) => [key, await promise] as const);
  return new Map(await Promise.all(entries));
}

function leftBehind(one: Asked): Answered {
  const answers = one.requests.map(() => ({ kind: 'sourceDown', message: LEFT_BEHIND }) as const);
  return { ...one, answers, readSeconds: 0 };
}

/** A source is told when its time ends, and can then tell what it has; a while later it is down. Never rejects. */
async function readBatch(
  { clock, observeSeconds }: TickDeps,
  source: MetricsSource,
  batch: readonly Asked[],
  signal: AbortSignal,
): Promise<SourceRead> {
  const beganMs = clock.monotonicMs();
  const requests = batch.flatMap((one) => one.requests);
  const down = (cause: unknown): readonly SeriesAnswer[] => {
    const message = cause instanceof Error ? cause.message : String(cause);
    return requests.map(() => ({ kind: 'sourceDown', message }));
  };
  const ends = startDeadline(observeSeconds, signal);
  const over = startDeadline((1 + GRACE_SHARE) * observeSeconds, signal);
  try {
    // `async`: a source that throws at once is one that rejects.
    const reading = (async () => source.read(requests, ends.signal))();
    const answers = await beforeAbort(reading, over.signal, down);
    const whole =
      answers.length === requests.length
        ? answers
        : down(`answered ${answers.length} of ${requests.length} requests`);
    const readSeconds = (clock.monotonicMs() - beganMs) / MS_PER_SECOND;
    return { answered: answeredOf(batch, whole, readSeconds), readSeconds };
  } finally {
    ends.clear();
    over.clear();
  }
}

function answeredOf(
  batch: readonly Asked[],
  answers: readonly SeriesAnswer[],
  readSeconds: number,
): readonly Answered[] {
  let from = 0;
  return batch.map(({ member, nowMs, requests }) => {
    const to = from + requests.length;
    const own = answers.slice(from, to);
    from = to;
    return { member, nowMs, requests, answers: own, readSeconds };
  });
}

export function countFaults({ metrics }: TickDeps, answered: readonly Answered[]): void {
  for (const answer of answered.flatMap(({ answers }) => answers)) {
    const fault = faultOf(answer);
    if (fault !== undefined) metrics.sourceFailed(fault);
  }
}
