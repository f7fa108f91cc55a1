import type { ErrorPool } from '../../error-pool.ts';
import { type PastPaths, pathByPath } from '../../past-paths.ts';
import { errorPool, rankedIn } from '../../error-pool.ts';
import { endSlotOf, type History } from '../../history.ts';
import type { HistoryDigest } from '../../history-digest.ts';
import type { LocalClock } from '../../local-clock.ts';
import { countBefore } from '../../pool-room.ts';
import { BlockSums } from './block-sums.ts';
import { HourShapes } from './hour-shapes.ts';
import { type ArimaFit, predictArima } from './arima-fit.ts';
import type { RateScale } from '../../scale.ts';
import { type FeaturePlan, featurePlan } from './feature-plan.ts';
import { FitChain } from './fit-chain.ts';
import { fitSlotFor, fitSlotsBetween } from './fit-schedule.ts';
import { DirectView, SummedView } from './series-view.ts';

/** A history as long as this is taken for a window that slides by a day at every midnight, until it is seen to grow. */
const SLIDES_FROM_DAYS = 8;

/** What one question is answered from. */
export interface Known {
  /** The scale of this forecast: past fits and errors are those of this scale. */
  readonly scale: RateScale;
  readonly history: History;
  readonly digest: HistoryDigest;
  readonly clock: LocalClock;
  readonly horizonSteps: number;
}

/** What a fit, or a chain of fits, was computed from. */
interface Origin {
  readonly scale: RateScale;
  readonly firstSlot: number;
  /** Of the slots from the first to the fit. */
  readonly digest: number;
}

interface KeptFit extends Origin {
  /** undefined: the history did not allow one. */
  readonly fit: ArimaFit | undefined;
}

interface KeptPath {
  readonly kept: KeptFit;
  readonly digest: number;
  readonly forecasts: Float64Array;
  readonly sizes: Float64Array;
}

interface KeptPool {
  readonly digest: number;
  readonly paths: readonly KeptPath[];
  readonly pool: ErrorPool;
}

/** What was computed from the slots before `endSlot`. */
interface OriginUpTo extends Origin {
  readonly endSlot: number;
}

interface KeptView {
  readonly scale: RateScale;
  readonly history: History;
  /** What the blocks are of, and what all is of that was looked at. */
  readonly summed: OriginUpTo;
  readonly seen: OriginUpTo;
  readonly blocks: BlockSums;
  readonly view: DirectView;
}

interface PastErrors {
  readonly paths: PastPaths<Float64Array>;
  /** One for each path: the same object as long as what the path was computed from is the same. */
  readonly identities: readonly object[];
  readonly pools: readonly ErrorPool[];
}

/** A path with the fit that made it. */
export interface FittedPath {
  readonly forecasts: Float64Array;
  readonly sizes: Float64Array;
}

/**
 * What is remembered of one series between questions: fits, past paths, sorted errors. All of it is kept under the
 * digest of the slots it was computed from and looked up by them, so remembering changes no answer.
 */
export class SeriesMemory {
  #fits = new Map<number, KeptFit>();
  #paths = new Map<number, KeptPath>();
  #pools: KeptPool[] = [];
  #view: KeptView | undefined;
  #chain: { readonly chain: FitChain; readonly origin: Origin } | undefined;
  #newestFit: OriginUpTo | undefined;

  /** The path that is forecast at `origin`; undefined where there is no fit. */
  pathAt(known: Known, origin: number): FittedPath | undefined {
    const kept = this.#fitFor(known, origin);
    if (kept?.fit === undefined) return undefined;
    const forecasts = new Float64Array(known.horizonSteps);
    const sizes = new Float64Array(known.horizonSteps);
    predictArima(kept.fit, { view: this.viewOf(known), clock: known.clock }, origin, { forecasts, sizes });
    return { forecasts, sizes };
  }

  /** One for each question; what was added up for the one before is used again where its samples are the same. */
  viewOf(known: Known): DirectView {
    const { history, scale } = known;
    const before = this.#view;
    if (before?.history === history && before.scale.name === scale.name) return before.view;
    // What a sample that came late or was corrected is in is made anew, no more.
    const blocks =
      before !== undefined && isOf(before.summed, known, before.summed.endSlot)
        ? before.blocks
        : new BlockSums(scale);
    const hourShapes =
      before !== undefined && isOf(before.seen, known, before.seen.endSlot)
        ? before.view.hourShapes
        : new HourShapes();
    const view = new DirectView(history, scale, blocks, hourShapes);
    const summed = originUpTo(known, history.firstSlot + blocks.slots);
    this.#view = { scale, history, summed, seen: originUpTo(known, endSlotOf(history)), blocks, view };
    return view;
  }

  /** Past paths at those of `origins` that had a fit, and the sorted errors of each step. */
  pastErrors(known: Known, origins: Int32Array): PastErrors {
    const made: KeptPath[] = [];
    const at: number[] = [];
    for (const origin of origins) {
      const path = this.#pastPath(known, origin);
      if (path === undefined) continue;
      made.push(path);
      at.push(origin);
    }
    const paths = joined(known, at, made);
    return { paths, identities: made, pools: this.#poolsOf(known, paths, made) };
  }

  /** Forgets what questions from now on cannot need: all before the oldest of `origins`. */
  forgetBefore(known: Pick<Known, 'history'>, oldestOrigin: number): void {
    const oldestFit = fitSlotFor(known.history, oldestOrigin) ?? oldestOrigin;
    for (const slot of this.#fits.keys()) if (slot < oldestFit) this.#fits.delete(slot);
    const end = endSlotOf(known.history);
    for (const slot of this.#paths.keys()) if (slot < oldestOrigin || slot > end) this.#paths.delete(slot);
  }

  /** The path that would have been forecast at a past origin. */
  #pastPath(known: Known, origin: number): KeptPath | undefined {
    const kept = this.#fitFor(known, origin);
    if (kept?.fit === undefined) return undefined;
    const digest = known.digest.range(kept.firstSlot, origin);
    const remembered = this.#paths.get(origin);
    if (remembered?.kept === kept && remembered.digest === digest) return remembered;
    const made = this.pathAt(known, origin);
    if (made === undefined) return undefined;
    const path = { kept, digest, ...made };
    this.#paths.set(origin, path);
    return path;
  }

  #poolsOf(known: Known, paths: PastPaths, made: readonly KeptPath[]): readonly ErrorPool[] {
    const { history, digest } = known;
    const end = endSlotOf(history);
    this.#pools = Array.from({ length: known.horizonSteps }, (_, step) => {
      const complete = countBefore(paths.origins, end - step);
      const used = made.slice(0, complete);
      const range = complete > 0 ? digest.range(paths.origins[0], paths.origins[complete - 1] + step + 1) : 0;
      const kept = this.#pools[step];
      if (kept !== undefined && kept.digest === range && sameItems(kept.paths, used)) return kept;
      const rankedBefore = (now: Int32Array) => kept && rankedIn(kept.pool, now);
      return { digest: range, paths: used, pool: errorPool(paths, step, history, rankedBefore) };
    });
    return this.#pools.map(({ pool }) => pool);
  }

  #fitFor(known: Known, origin: number): KeptFit | undefined {
    const fitSlot = fitSlotFor(known.history, origin);
    if (fitSlot === undefined) return undefined;
    const remembered = this.#fits.get(fitSlot);
    if (remembered !== undefined && isOf(remembered, known, fitSlot)) return remembered;
    return this.#fitAnew(known, fitSlot);
  }

  /** Goes on from the chain of fits where it is still true, else from the first slot; keeps the fits that it passes. */
  #fitAnew(known: Known, fitSlot: number): KeptFit | undefined {
    const { history, scale, clock, horizonSteps } = known;
    const { firstSlot } = history;
    const planAt = (slot: number) => featurePlan(history, slot - firstSlot, clock.holidays !== undefined);
    const plan = planAt(fitSlot);
    const chain =
      this.#chainUpTo(known, fitSlot, plan) ?? new FitChain({ scale, clock, plan, firstSlot, horizonSteps });
    const hasPlan = (slot: number): boolean => samePlan(planAt(slot), plan);
    // The later fits of the same plan will be asked for too: a chain that is passed by is begun anew.
    const slots = fitSlotsBetween(history, chain.fitSlot, endSlotOf(history)).filter(
      (slot) => slot <= fitSlot || hasPlan(slot),
    );
    const view = new SummedView(history, scale, { firstSlot, endSlot: slots[slots.length - 1] });
    for (const slot of slots) {
      const fit = chain.advance(view, slot);
      if (hasPlan(slot)) this.#fits.set(slot, { ...originOf(known, slot), fit });
    }
    this.#keepChain(chain, known);
    return this.#fits.get(fitSlot);
  }

  /**
   * Keeps the chain that reached farthest, where the next fit is likely to go on from it: what a window that slides begins with
   * is given up at every midnight, and nothing can be gone on from.
   */
  #keepChain(chain: FitChain, known: Known): void {
    const { firstSlot, ratesRps, slotsPerDay } = known.history;
    const before = this.#newestFit;
    if (before !== undefined && isOf(before, known, before.endSlot) && before.endSlot >= chain.fitSlot)
      return;
    const grows = before?.firstSlot === firstSlot && before.endSlot < chain.fitSlot;
    this.#newestFit = originUpTo(known, chain.fitSlot);
    const isLikely = grows || ratesRps.length < SLIDES_FROM_DAYS * slotsPerDay;
    this.#chain = isLikely ? { chain, origin: this.#newestFit } : undefined;
  }

  /** The remembered chain, where it ends before `fitSlot` and was made from the same samples. */
  #chainUpTo(known: Known, fitSlot: number, plan: FeaturePlan): FitChain | undefined {
    if (this.#chain === undefined) return undefined;
    const { chain, origin } = this.#chain;
    const goesOn = chain.fitSlot < fitSlot && samePlan(chain.task.plan, plan);
    return goesOn && isOf(origin, known, chain.fitSlot) ? chain : undefined;
  }
}

function originOf({ scale, history, digest }: Known, fitSlot: number): Origin {
  const { firstSlot } = history;
  return { scale, firstSlot, digest: digest.range(firstSlot, fitSlot) };
}

function originUpTo(known: Known, endSlot: number): OriginUpTo {
  return { ...originOf(known, endSlot), endSlot };
}

/** Whether what stems from `kept` would be computed again from the same: scale, first slot and samples up to `fitSlot`. */
function isOf(kept: Origin, known: Known, fitSlot: number): boolean {
  const { scale, history, digest } = known;
  if (kept.scale.name !== scale.name || kept.firstSlot !== history.firstSlot) return false;
  return fitSlot <= endSlotOf(history) && kept.digest === digest.range(history.firstSlot, fitSlot);
}

/** Plans differ only in which columns they have. */
function samePlan(a: FeaturePlan, b: FeaturePlan): boolean {
  return a.originColumns === b.originColumns && a.targetColumns === b.targetColumns;
}

function sameItems<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}

function joined(
  { scale, horizonSteps: steps }: Known,
  origins: readonly number[],
  made: readonly KeptPath[],
): PastPaths<Float64Array> {
  const forecasts = new Float64Array(made.length * steps);
  const sizes = new Float64Array(made.length * steps);
  for (let index = 0, at = 0; index < made.length; index += 1) {
    const path = made[index];
    for (let step = 0; step < steps; step += 1, at += 1) {
      forecasts[at] = path.forecasts[step];
      sizes[at] = path.sizes[step];
    }
  }
  return { scale, origins: Int32Array.from(origins), steps, ...pathByPath(steps), forecasts, sizes };
}
