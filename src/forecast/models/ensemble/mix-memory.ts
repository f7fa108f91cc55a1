import type { NetworkInUse } from '../../../domain/forecast.ts';
import type { ErrorPool } from '../../error-pool.ts';
import type { PastPaths } from '../../past-paths.ts';
import { endSlotOf, type History, tickUpTo } from '../../history.ts';
import { MIN_ERRORS, originStrideSlots } from '../../past-origins.ts';
import { type PastErrorsKnown, quantilesAt, type ScaledPath } from '../../path-distribution.ts';
import {
  type Change,
  ChangeWatch,
  followChange,
  lasts,
  WATCHED_PATHS,
  type WatchedPath,
} from './change-watch.ts';
import type { Expert, ExpertAnswer, ExpertKind, Question } from './expert.ts';
import { isFollowed, type Moves, movesAfter } from './followed-quantiles.ts';
import { MixedOrigins } from './mixed-origins.ts';
import { Mixture } from './mixture.ts';
import { PoolMemory, type PoolRooms } from './pool-memory.ts';
import { judgedSteps, KEPT_ORIGINS, type Served, ServedQuantiles } from './served-quantiles.ts';
import { UnlearntOrigins } from './unlearnt-origins.ts';
import { usualChange } from './usual-change.ts';

/** Origins that are mixed at least, and in what numbers old ones are given up: the oldest stays where it is meanwhile. */
const LEAST_ORIGINS = 600;
const ORIGINS_GIVEN_UP = 200;
/** Slots of history before the first origin. */
const WARM_UP_SLOTS = 6;

/** What the mixture has passed through, from where on, and of which samples. */
interface Passage {
  readonly scaleName: string;
  readonly expertKeys: string;
  readonly firstSlot: number;
  readonly anchorSlot: number;
  readonly strideSlots: number;
}

/** What the experts said at an origin, and what was made of it; in 4 bytes each, now as in memory. */
interface Origin {
  readonly slot: number;
  readonly paths: Float32Array;
  /** The mixture, and what was made of it where the load has left its forecasts; sizes likewise. */
  readonly plain: Float32Array;
  readonly mixed: Float32Array;
  readonly plainSizes: Float32Array;
  readonly sizes: Float32Array;
}

/** A mixture now and at past origins, with the errors it made there. */
export interface MixedPath {
  readonly now: ScaledPath;
  readonly paths: PastPaths;
  readonly pools: readonly ErrorPool[];
  /** Shares of the experts, in their order. */
  readonly shares: readonly number[];
  /** Of the load, that leads the forecast. */
  readonly change: Change | undefined;
  /** Of the upper quantiles, from how they held. */
  readonly moves: Moves;
}

/**
 * What is remembered of one series: what was mixed at past origins, the weights learnt on them, how the errors are
 * sorted; the experts' paths until the mixture has learnt what came of them. The mixture starts anew at an anchor that stays for days; from there on it only goes forward, each origin once.
 */
export class MixMemory {
  readonly #experts: readonly Expert[];
  readonly #rooms: PoolRooms;
  #passage: Passage | undefined;
  #mixed: MixedOrigins | undefined;
  #unlearnt: UnlearntOrigins | undefined;
  /** Of the newest origins, the oldest first. */
  #newest: readonly WatchedPath[] = [];
  #watch = new ChangeWatch();
  #change: Change | undefined;
  #newestSlot: number | undefined;
  /** Of the question before, whose end may be the next origin. */
  #now: Origin | undefined;
  #mixture: Mixture | undefined;
  #seenDigest = 0;
  #seenSlot = 0;
  #pools: PoolMemory | undefined;
  /** undefined where quantiles are not followed. */
  #served: ServedQuantiles | undefined;
  /** Of the question before, whose end is the next origin. */
  #servedNow: Served | undefined;

  /** `rooms`: shared with other series; what is answered holds until the next question that is answered in them. */
  constructor(kinds: readonly ExpertKind[], rooms: PoolRooms) {
    this.#rooms = rooms;
    const experts: Expert[] = [];
    for (const { create } of kinds) experts.push(create(experts));
    this.#experts = experts;
  }

  /** undefined where no expert can say anything. */
  mixedAt(question: Question): MixedPath | undefined {
    const { history } = question;
    const end = endSlotOf(history);
    const answers = this.#experts.map((expert) => expert.answerFor(question));
    const passage = passageOf(question, answers);
    const known = this.#goesOn(passage, question);
    const now =
      known === undefined
        ? this.#passedAnew(question, passage, answers)
        : this.#passedOn(question, known, answers);
    if (now === undefined) return undefined;
    const mixture = this.#mixture!;
    // What is asked about next lies at the end or behind it.
    for (const expert of this.#experts) expert.forgetBefore(question, end);
    const change = this.#mixInto(question, mixture, now);
    const paths = this.#mixed!.paths(question.scale, this.#rooms.writtenOut);
    const pools = this.#pools!.pools(paths, history, this.#rooms);
    const isOrigin = end % passage.strideSlots === 0;
    this.#now = isOrigin ? now : undefined;
    this.#servedNow = isOrigin ? this.#servedOf(now, { paths, pools, history }) : undefined;
    return {
      now: { forecasts: now.mixed, sizes: now.sizes },
      paths,
      pools,
      shares: mixture.shares(),
      change,
      moves: this.#movesAt(history, end),
    };
  }

  /** Which of two networks speaks now, where they contend for an expert. */
  networkInUse(): NetworkInUse | undefined {
    for (const expert of this.#experts) {
      const inUse = expert.networkInUse?.();
      if (inUse !== undefined) return inUse;
    }
    return undefined;
  }

  #passedOn(question: Question, known: Mixture, answers: readonly ExpertAnswer[]): Origin | undefined {
    this.#passOn(question, known, answers);
    return pathsAt(question, answers, endSlotOf(question.history));
  }

  /**
   * The newest origin first: the regressions pass through their older fits on the way. And once more at the end: an expert may
   * have learnt from the past which of two it follows.
   */
  #passedAnew(question: Question, passage: Passage, answers: readonly ExpertAnswer[]): Origin | undefined {
    const end = endSlotOf(question.history);
    for (const expert of this.#experts) expert.startAnew();
    if (pathsAt(question, answers, end) === undefined) return undefined;
    this.#passOn(question, this.#startAnew(passage, question), answers);
    return pathsAt(question, answers, end);
  }

  /** Mixes at the origins since the last question, and learns what has become known. */
  #passOn(question: Question, mixture: Mixture, answers: readonly ExpertAnswer[]): void {
    const { history } = question;
    const end = endSlotOf(history);
    const { strideSlots, anchorSlot, firstSlot } = this.#passage!;
    let slot = this.#newestSlot === undefined ? anchorSlot : this.#newestSlot + strideSlots;
    for (; slot < end; slot += strideSlots) {
      if (Number.isNaN(history.ratesRps[slot - firstSlot])) continue;
      this.#learnUpTo(question, mixture, slot);
      const made = this.#now?.slot === slot ? this.#now : pathsAt(question, answers, slot);
      if (made === undefined) continue;
      this.#change = this.#mixInto(question, mixture, made);
      this.#newest = [...this.#newest.slice(1 - WATCHED_PATHS), watched(made)];
      if (slot >= end - KEPT_ORIGINS * strideSlots) this.#keepServed(question, made);
      this.#mixed!.add(slot, made.mixed, made.sizes);
      this.#unlearnt!.add(made);
      this.#newestSlot = slot;
    }
    this.#learnUpTo(question, mixture, end);
    this.#seenSlot = end;
    this.#seenDigest = question.digest.range(firstSlot, end);
  }

  /** Keeps the quantiles of a forecast made at the origin, of what was known then. */
  #keepServed({ history, scale }: Question, made: Origin): void {
    const { slot } = made;
    let served = this.#servedNow?.slot === slot ? this.#servedNow : undefined;
    if (served === undefined && this.#served !== undefined) {
      const known = { ...history, ratesRps: history.ratesRps.subarray(0, slot - history.firstSlot) };
      const paths = this.#mixed!.paths(scale, this.#rooms.writtenOut);
      if (paths.origins.length === 0) return;
      const pools = this.#pools!.pools(paths, known, this.#rooms);
      served = this.#servedOf(made, { paths, pools, history: known });
    }
    if (served !== undefined) this.#served!.keep(served);
  }

  /** undefined where too little is known. */
  #servedOf({ slot, mixed, sizes }: Origin, past: PastErrorsKnown): Served | undefined {
    const served = this.#served;
    if (served === undefined) return undefined;
    if (served.steps.some((step) => past.pools[step].errors.length < MIN_ERRORS)) return undefined;
    const now = { forecasts: mixed, sizes };
    return { slot, quantilesRps: served.rowOf((step) => quantilesAt(step, now, past)) };
  }

  #movesAt(history: History, end: number): Moves {
    if (this.#served === undefined) return [];
    const { strideSlots } = this.#passage!;
    const served = this.#served.since(end - KEPT_ORIGINS * strideSlots);
    return movesAfter(served, this.#served.steps, history, strideSlots);
  }

  /** Where the load has left its forecasts, the level of its newest samples leads. */
  #mixInto(question: Question, mixture: Mixture, made: Origin): Change | undefined {
    mixture.mix(made.paths, made.plain);
    made.mixed.set(made.plain);
    const { slot, sizes } = made;
    sizes.set(made.plainSizes);
    const found = this.#watch.newestAt(question, this.#newest, slot) ?? this.#change;
    const change =
      this.#change !== undefined && found !== undefined && found.slot < this.#change.slot
        ? this.#change
        : found;
    if (change === undefined || !lasts(change, question.history, slot)) return undefined;
    followChange(change, question, made);
    const widening = this.#watch.wideningAt(change, question, this.#newest, slot);
    for (let step = 0; step < sizes.length; step += 1) sizes[step] *= widening;
    return change;
  }

  #goesOn(passage: Passage, { history, digest }: Question): Mixture | undefined {
    if (this.#passage === undefined || this.#seenSlot > endSlotOf(history)) return undefined;
    const same = (Object.keys(passage) as (keyof Passage)[]).every(
      (key) => this.#passage?.[key] === passage[key],
    );
    if (!same || digest.range(passage.firstSlot, this.#seenSlot) !== this.#seenDigest) return undefined;
    return this.#mixture;
  }

  #startAnew(passage: Passage, { horizonSteps, history }: Question): Mixture {
    this.#passage = passage;
    this.#mixed = new MixedOrigins(horizonSteps, history.stepSeconds);
    this.#unlearnt = new UnlearntOrigins(this.#experts.length + 1, horizonSteps);
    this.#newestSlot = undefined;
    this.#now = undefined;
    this.#newest = [];
    this.#watch = new ChangeWatch();
    this.#change = undefined;
    this.#pools = new PoolMemory(horizonSteps);
    this.#servedNow = undefined;
    this.#served = isFollowed(history.stepSeconds, passage.strideSlots)
      ? new ServedQuantiles(judgedSteps(horizonSteps, history.stepSeconds))
      : undefined;
    this.#mixture = new Mixture(this.#experts.length, horizonSteps);
    return this.#mixture;
  }

  /** Feedback from the origins whose whole horizon lies before `slot`. */
  #learnUpTo({ history, scale, horizonSteps }: Question, mixture: Mixture, slot: number): void {
    const actuals = new Float64Array(horizonSteps);
    for (const { slot: originSlot, paths, plain, plainSizes } of this.#unlearnt!.takeBefore(slot)) {
      const from = originSlot - history.firstSlot;
      for (let step = 0; step < horizonSteps; step += 1)
        actuals[step] = scale.scaledFromRps(history.ratesRps[from + step]);
      mixture.learn({ paths, sizes: plainSizes, actuals, scale });
      this.#watch.learn({ plain, plainSizes }, actuals);
    }
  }
}

function passageOf({ history, scale }: Question, answers: readonly ExpertAnswer[]): Passage {
  const { firstSlot } = history;
  const strideSlots = originStrideSlots(history);
  return {
    scaleName: scale.name,
    expertKeys: answers.map(({ key }) => key).join(),
    firstSlot,
    anchorSlot: anchorFor(history, strideSlots),
    strideSlots,
  };
}

/** A multiple of the stride, moved on ORIGINS_GIVEN_UP origins at a time. */
function anchorFor(history: History, strideSlots: number): number {
  const earliest = Math.ceil((history.firstSlot + WARM_UP_SLOTS) / strideSlots) * strideSlots;
  const block = ORIGINS_GIVEN_UP * strideSlots;
  const offset = Math.floor(history.offsetSlots / strideSlots) * strideSlots;
  const wanted = endSlotOf(history) - LEAST_ORIGINS * strideSlots;
  return Math.max(earliest, tickUpTo(wanted, block, offset));
}

/** What the experts say at `slot`; one that cannot say counts as the first that can. undefined where none can. */
function pathsAt(
  { history, scale, horizonSteps: steps }: Question,
  answers: readonly ExpertAnswer[],
  slot: number,
): Origin | undefined {
  const [paths, plain, mixed, plainSizes, sizes] = inOneBuffer([answers.length + 1, 1, 1, 1, 1], steps);
  const ratesRps = new Float64Array(steps);
  sizes.fill(Math.sqrt(usualChange(history, scale, slot)));
  let first: number | undefined;
  const silent: number[] = [];
  answers.forEach(({ write }, expert) => {
    if (!write(slot, { ratesRps, sizes })) {
      silent.push(expert);
      return;
    }
    first ??= expert;
    for (let step = 0; step < steps; step += 1)
      paths[expert * steps + step] = scale.scaledFromRps(ratesRps[step]);
  });
  if (first === undefined) return undefined;
  for (const expert of silent) paths.copyWithin(expert * steps, first * steps, (first + 1) * steps);
  plainSizes.set(sizes);
  return { slot, paths, plain, mixed, plainSizes, sizes };
}

/** What is watched of an origin, without the experts' paths. */
function watched({ slot, ...made }: Origin): WatchedPath {
  const [plain, mixed, plainSizes] = inOneBuffer([1, 1, 1], made.plain.length);
  plain.set(made.plain);
  mixed.set(made.mixed);
  plainSizes.set(made.plainSizes);
  return { slot, plain, mixed, plainSizes };
}

/** An array of `rows` times `steps` numbers each; a buffer of its own costs as much as a dozen of them. */
function inOneBuffer(rows: readonly number[], steps: number): readonly Float32Array[] {
  const all = new Float32Array(rows.reduce((sum, count) => sum + count, 0) * steps);
  let from = 0;
  return rows.map((count) => all.subarray(from, (from += count * steps)));
}
