/**
 * Whose history is read whole at a tick. Two weeks by the minute are 20,000 samples for each workload: a fleet that
 * starts would ask its sources for all of them at once, wait for none of the answers in time, and ask again. So each
 * source is asked for so many samples, and for the newest half hour of the others, which are measured and scaled
 * meanwhile. How many follows what comes back, as congestion control does (multiplicative both ways, RFC 5681's slow
 * start): twice as many while answers are whole and quick, half as many where one is not; no tick is to be late for the
 * past's sake. Who could not be told its past twice or more rests before it asks again, for longer each time, and is
 * measured and scaled meanwhile: of some there is more than the source can tell.
 */
import type { MetricsSource, SeriesAnswer } from '../observe/metrics-source.ts';
import type { Member } from './fleet.ts';
import { faultOf } from './source-read.ts';

/** What one member was told, and how long its source took for all that it was asked. */
export interface ReadMember {
  readonly member: Member;
  readonly answers: readonly SeriesAnswer[];
  readonly readSeconds: number;
}

export interface FirstReads {
  /** Of those whose history has not been read yet, those that may read it now: who was let least often comes first. */
  admit(members: readonly Member[]): ReadonlySet<Member>;
  /** What came of it. */
  learn(read: readonly ReadMember[]): void;
}

/** Samples of one source at the first tick: 25 histories of two weeks by the minute, about 12 MB of answers. */
const FIRST_SAMPLES = 500_000;
const MOST_SAMPLES = 2_000_000;
/** One history is read whatever its length. */
const LEAST_SAMPLES = 10_000;
/** Real time of a tick that the past may take. */
const LATE_SECONDS = 2.5;
/** Twice as many would not be late either. */
const QUICK_SECONDS = LATE_SECONDS / 2;

/** Ticks that somebody rests for at most. */
const MOST_REST_TICKS = 16;

/** `mostRestTicks` is 0 where nobody is measured meanwhile. */
export function createFirstReads(mostRestTicks = MOST_REST_TICKS): FirstReads {
  const samplesOf = new WeakMap<MetricsSource, number>();
  const timesAdmitted = new WeakMap<Member, number>();
  const rests = new WeakMap<Member, Rest>();
  let ticks = 0;
  const limitOf = (source: MetricsSource): number => samplesOf.get(source) ?? FIRST_SAMPLES;
  const timesOf = (member: Member): number => timesAdmitted.get(member) ?? 0;
  let admitted: ReadonlySet<Member> = new Set();

  const admittedOf = (source: MetricsSource, waiting: readonly Member[]): readonly Member[] => {
    const inTurn = waiting.toSorted((a, b) => timesOf(a) - timesOf(b));
    let room = limitOf(source);
    const fits = inTurn.findIndex((member) => {
      room -= historySamples(member);
      return room < 0;
    });
    return fits < 0 ? inTurn : inTurn.slice(0, Math.max(1, fits));
  };

  return {
    admit(members) {
      ticks += 1;
      const waiting = members.filter(
        (member) => !member.history.isWhole() && (rests.get(member)?.untilTick ?? 0) <= ticks,
      );
      const next = [...bySource(waiting, (member) => member)].flatMap(([source, own]) =>
        admittedOf(source, own),
      );
      for (const member of next) timesAdmitted.set(member, timesOf(member) + 1);
      admitted = new Set(next);
      return admitted;
    },
    learn(read) {
      const first = read.filter(({ member }) => admitted.has(member));
      for (const { member, answers } of first)
        if (answers.some(faultOf)) rests.set(member, restAfter(rests.get(member), ticks, mostRestTicks));
      for (const [source, own] of bySource(first, ({ member }) => member))
        samplesOf.set(source, nextLimit(limitOf(source), own));
    },
  };
}

/** In the order of their first. */
export function bySource<One>(
  all: readonly One[],
  memberOf: (one: One) => Member,
): ReadonlyMap<MetricsSource, readonly One[]> {
  const found = new Map<MetricsSource, One[]>();
  for (const one of all) {
    const { source } = memberOf(one);
    const others = found.get(source);
    if (others) others.push(one);
    else found.set(source, [one]);
  }
  return found;
}

/** How often somebody was not told its past, and the tick at which it may ask again. */
interface Rest {
  readonly faults: number;
  readonly untilTick: number;
}

/** None after the first fault, then 2, 4, 8, … ticks without it. */
function restAfter(rest: Rest | undefined, tick: number, mostTicks: number): Rest {
  const faults = (rest?.faults ?? 0) + 1;
  const restTicks = faults === 1 ? 0 : Math.min(mostTicks, 2 ** (faults - 1));
  return { faults, untilTick: tick + 1 + restTicks };
}

/** What its histories may hold at most. */
function historySamples({ policy, history, work, live }: Member): number {
  const histories = 1 + Object.keys(work).length + Object.keys(live.histories).length;
  return histories * Math.ceil(policy.forecast.lookbackSeconds / history.stepSeconds);
}

/** The limit after what a tick's first reads brought. */
function nextLimit(limit: number, read: readonly ReadMember[]): number {
  const isFaulty = read.some(({ answers }) => answers.some(({ kind }) => kind === 'sourceDown'));
  const seconds = Math.max(...read.map(({ readSeconds }) => readSeconds));
  if (isFaulty || seconds > LATE_SECONDS) return Math.max(LEAST_SAMPLES, limit / 2);
  const asked = read.reduce((sum, { member }) => sum + historySamples(member), 0);
  const isFull = asked > limit / 2;
  return isFull && seconds <= QUICK_SECONDS ? Math.min(MOST_SAMPLES, 2 * limit) : limit;
}
