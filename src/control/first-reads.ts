/**
 * Whose history is read whole at a tick. Two weeks by the minute are 20,000 samples for each workload: a fleet that
 * starts would ask its sources for all of them at once, wait for none of the answers in time, and ask again. So each
 * source is asked for some, and for the newest half hour of the others, which are measured and scaled meanwhile. How
 * many follows what comes back, as congestion control does (additive or multiplicative, RFC 5681's slow start): twice
 * as many while answers are whole and small, half as many where one is not.
 */
import type { MetricsSource, SeriesAnswer } from '../observe/metrics-source.ts';
import type { Member } from './fleet.ts';

/** What one member was asked for, and the answers. */
export interface ReadMember {
  readonly member: Member;
  readonly answers: readonly SeriesAnswer[];
}

export interface FirstReads {
  /** Of those whose history has not been read yet, those that may read it now: who was let least often comes first. */
  admit(members: readonly Member[]): ReadonlySet<Member>;
  /** What came of it. */
  learn(read: readonly ReadMember[]): void;
}

/** Histories of one source at the first tick. */
const FIRST_AT_ONCE = 200;
const LEAST_AT_ONCE = 10;
/** Samples of first reads at one tick: about 50 MB of answers. Half of it still leaves room for twice as many. */
const MOST_SAMPLES = 2_000_000;

export function createFirstReads(): FirstReads {
  const atOnce = new WeakMap<MetricsSource, number>();
  const timesAdmitted = new WeakMap<Member, number>();
  const limitOf = (source: MetricsSource): number => atOnce.get(source) ?? FIRST_AT_ONCE;
  const timesOf = (member: Member): number => timesAdmitted.get(member) ?? 0;
  let admitted: ReadonlySet<Member> = new Set();

  return {
    admit(members) {
      const waiting = members.filter(({ history }) => !history.isWhole());
      const next = sourcesOf(waiting).flatMap((source) =>
        waiting
          .filter((member) => member.source === source)
          .sort((a, b) => timesOf(a) - timesOf(b))
          .slice(0, limitOf(source)),
      );
      for (const member of next) timesAdmitted.set(member, timesOf(member) + 1);
      admitted = new Set(next);
      return admitted;
    },
    learn(read) {
      const first = read.filter(({ member }) => admitted.has(member));
      for (const source of sourcesOf(first.map(({ member }) => member))) {
        const own = first.filter(({ member }) => member.source === source);
        atOnce.set(source, nextLimit(limitOf(source), own));
      }
    },
  };
}

function sourcesOf(members: readonly Member[]): readonly MetricsSource[] {
  return [...new Set(members.map(({ source }) => source))];
}

/** The limit after what a tick's first reads brought. */
function nextLimit(limit: number, read: readonly ReadMember[]): number {
  const answers = read.flatMap((one) => one.answers);
  const isFaulty = answers.some(({ kind }) => kind === 'sourceDown');
  const samples = answers.reduce((sum, answer) => sum + samplesIn(answer), 0);
  if (isFaulty || samples > MOST_SAMPLES) return Math.max(LEAST_AT_ONCE, Math.floor(limit / 2));
  return samples <= MOST_SAMPLES / 2 && read.length >= limit ? 2 * limit : limit;
}

function samplesIn(answer: SeriesAnswer): number {
  return answer.kind === 'samples' ? answer.samples.values.length : 0;
}
