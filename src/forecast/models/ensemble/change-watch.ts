import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import type { History } from '../../history.ts';
import type { RateScale } from '../../scale.ts';

/** A path that was forecast, in the scale of the errors: without a change, and as it was served. */
export interface WatchedPath {
  readonly slot: number;
  readonly plain: Float32Array;
  readonly mixed: Float32Array;
  /** Before a change widened them. */
  readonly plainSizes: Float32Array;
}

/** The load left its forecast at `slot`, abruptly. */
export interface Change {
  readonly slot: number;
  readonly direction: 'up' | 'down';
}

/**
 * Two samples in a row that miss by so many usual (mean absolute) errors, on the same side, are a change: by more where they
 * take more than two minutes, in which the experts follow what they can. Loads in bursts miss by 3.5 twice in a row every few
 * hours, and a level that is taken for new leads their forecasts astray (models/README.md).
 */
const MISSES = 2;
const SOON_SECONDS = 120;
const SOON_LIMIT_ERRORS = 3.5;
const LATE_LIMIT_ERRORS = 10;
/** Where a slot is longer, the experts have followed by the time that two samples are there. */
const LONGEST_STEP_SECONDS = 300;
/** What of the usual error counts one round later; a round counts at most so many usual ones. */
const MEMORY = 0.99;
const MOST_ERRORS = 3;
const LEAST_ROUNDS = 10;
/** Forecasts that the newest samples are held against. */
export const WATCHED_PATHS = 4;
/** A change leads half as much after so long, hardly less before, and is over after four times that. */
const HALF_LED_SECONDS = SECONDS_PER_HOUR;
const LASTS_SECONDS = 4 * HALF_LED_SECONDS;
/** The level of now is the mean of at most so much, and of nothing before the change: a longer one lags behind a ramp. */
const LEVEL_SECONDS = 180;
/** Errors after a change are expected to be so many times the usual, as if so many samples had said so. */
const FIRST_WIDENING = 2;
const FIRST_SAMPLES = 10;
const MOST_WIDENING = 6;

/**
 * Watches for loads that leave their forecasts at once: a flash crowd, a release, an outage upstream. From then on, less and
 * less for some hours, the level of the samples since leads, with the shape of the forecast: what the experts learnt
 * before says little. Errors are expected to be larger, until those since the change say how large they are.
 */
export class ChangeWatch {
  #usual = 0;
  #weight = 0;
  #rounds = 0;

  /** What came of a forecast; NaN where no sample did. */
  learn({ plain, plainSizes }: Pick<WatchedPath, 'plain' | 'plainSizes'>, actuals: Float64Array): void {
    let sum = 0;
    let count = 0;
    for (let step = 0; step < actuals.length; step += 1) {
      const error = Math.abs(actuals[step] - plain[step]) / plainSizes[step];
      if (error !== error) continue;
      sum += error;
      count += 1;
    }
    if (count === 0) return;
    const limit = this.#rounds < LEAST_ROUNDS ? Infinity : MOST_ERRORS * this.#usualError;
    this.#usual = MEMORY * this.#usual + Math.min(limit, sum / count);
    this.#weight = MEMORY * this.#weight + 1;
    this.#rounds += 1;
  }

  get #usualError(): number {
    return this.#usual / this.#weight;
  }

  /** The newest change that the samples before `slot` show; undefined where there is none or it is long ago. */
  newestAt({ history, scale }: Seen, paths: readonly WatchedPath[], slot: number): Change | undefined {
    let newest: Change | undefined;
    if (history.stepSeconds > LONGEST_STEP_SECONDS || this.#rounds < LEAST_ROUNDS) return undefined;
    if (!(this.#usualError > 0)) return undefined;
    const isSoon = MISSES * history.stepSeconds <= SOON_SECONDS;
    const limit = (isSoon ? SOON_LIMIT_ERRORS : LATE_LIMIT_ERRORS) * this.#usualError;
    const seen = { history, scale, slot, limit };
    for (const path of paths) {
      const found = changeIn(path, seen);
      if (found !== undefined && (newest === undefined || found.slot > newest.slot)) newest = found;
    }
    return newest;
  }

  /** How many times its usual size an error is expected to have, at least 1, from the errors since the change. */
  wideningAt(change: Change, { history, scale }: Seen, paths: readonly WatchedPath[], slot: number): number {
    let sum = FIRST_WIDENING * FIRST_SAMPLES * this.#usualError;
    let count = FIRST_SAMPLES;
    for (const path of paths) {
      if (path.slot <= change.slot) continue;
      const end = Math.min(path.slot + path.mixed.length, slot);
      for (let at = path.slot; at < end; at += 1) {
        const actual = scale.scaledFromRps(history.ratesRps[at - history.firstSlot]);
        const error = Math.abs(actual - path.mixed[at - path.slot]) / path.plainSizes[at - path.slot];
        if (error !== error) continue;
        sum += error;
        count += 1;
      }
    }
    const ratio = sum / count / this.#usualError;
    return 1 + shareAt(change, history, slot) * (Math.min(MOST_WIDENING, Math.max(1, ratio)) - 1);
  }
}

/** What the samples are read from. */
export interface Seen {
  readonly history: History;
  readonly scale: RateScale;
}

interface SeenUntil extends Seen {
  /** Samples before it are seen. */
  readonly slot: number;
  readonly limit: number;
}

/** The newest slot at which a run of misses of `path` on one side begins. */
function changeIn(path: WatchedPath, { history, scale, slot, limit }: SeenUntil): Change | undefined {
  const { firstSlot, ratesRps } = history;
  let run = 0;
  let sign = 0;
  let found: Change | undefined;
  for (let step = 0; step < path.plain.length && path.slot + step < slot; step += 1) {
    const actual = scale.scaledFromRps(ratesRps[path.slot + step - firstSlot]);
    const error = (actual - path.plain[step]) / path.plainSizes[step];
    const side = Math.abs(error) > limit ? Math.sign(error) : 0;
    run = side !== 0 && side === sign ? run + 1 : Math.abs(side);
    sign = side;
    if (run === MISSES) found = { slot: path.slot + step - MISSES + 1, direction: side > 0 ? 'up' : 'down' };
  }
  return found;
}

/** Whether a change still says anything at `slot`. */
export function lasts(change: Change, { stepSeconds }: Pick<History, 'stepSeconds'>, slot: number): boolean {
  return (slot - change.slot) * stepSeconds <= LASTS_SECONDS;
}

/** How much a change leads: 1 at first, a half after HALF_LED_SECONDS, a seventeenth at its end. */
function shareAt(change: Change, { stepSeconds }: Pick<History, 'stepSeconds'>, slot: number): number {
  const age = ((slot - change.slot) * stepSeconds) / HALF_LED_SECONDS;
  return 1 / (1 + age * age);
}

/**
 * Moves `path`, forecast at `slot`, towards the level of the samples since the change. Only on towards where the load went:
 * experts hold on to what they learnt before, and one that is already beyond the level has seen it go on.
 */
export function followChange(
  change: Change,
  { history, scale }: Seen,
  { slot, mixed }: Pick<WatchedPath, 'slot' | 'mixed'>,
): void {
  const level = levelSince(change, { history, scale }, slot);
  if (level === undefined) return;
  const missing = level - mixed[0];
  if (missing > 0 !== (change.direction === 'up')) return;
  const shift = shareAt(change, history, slot) * missing;
  for (let step = 0; step < mixed.length; step += 1) mixed[step] += shift;
}

function levelSince(change: Change, { history, scale }: Seen, slot: number): number | undefined {
  const { firstSlot, ratesRps, stepSeconds } = history;
  const longest = Math.max(1, Math.round(LEVEL_SECONDS / stepSeconds));
  let sum = 0;
  let count = 0;
  for (let at = Math.max(change.slot, slot - longest, firstSlot); at < slot; at += 1) {
    const value = scale.scaledFromRps(ratesRps[at - firstSlot]);
    if (value !== value) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : undefined;
}
