import type { SlotValues } from '../domain/time-series.ts';
import type { History } from './history.ts';

/**
 * The scale in which a model works, so that the size of its errors depends little on the level. Multiplying all rates
 * by a constant multiplies (square root) or shifts (logarithm) what is scaled: nothing depends on the unit of the rate.
 */
export interface RateScale {
  /** Names the scale: equal names, equal numbers. */
  readonly name: string;
  /** NaN stays NaN. */
  readonly scaledFromRps: (rateRps: number) => number;
  /** Never negative. */
  readonly rpsFromScaled: (scaled: number) => number;
  /** scaledFromRps of `ratesRps` in [from, to), into the beginning of `into`: a call a number would cost more than the number. */
  readonly writeScaled: (ratesRps: SlotValues, from: number, to: number, into: Float64Array) => void;
  /** rpsFromScaled of the first `count` points, in place. */
  readonly makeRps: (points: Float64Array, count: number) => void;
  /** A scaled difference that is large for a series whose largest rate this is; above 0. */
  readonly unitOf: (largestRps: number) => number;
}

/** Makes the spread of Poisson counts the same at every level (Bartlett 1936), and keeps zero. */
export const SQUARE_ROOT: RateScale = {
  name: 'sqrt',
  scaledFromRps: Math.sqrt,
  rpsFromScaled: (scaled) => (scaled > 0 ? scaled * scaled : 0),
  writeScaled(ratesRps, from, to, into) {
    for (let i = from; i < to; i += 1) into[i - from] = Math.sqrt(ratesRps[i]);
  },
  makeRps(points, count) {
    for (let i = 0; i < count; i += 1) {
      const point = points[i];
      if (point > 0) points[i] = point * point;
      else points[i] = 0;
    }
  },
  unitOf: (largestRps) => Math.sqrt(largestRps) || 1,
};

/** Floors are powers of two: few, and the same for many series. */
const LOGARITHMS = new Map<number, RateScale>();

/** For errors in proportion to the level. Rates up to `floorRps` are as good as none. */
export function logarithm(floorRps: number): RateScale {
  const known = LOGARITHMS.get(floorRps) ?? logarithmAbove(floorRps);
  LOGARITHMS.set(floorRps, known);
  return known;
}

function logarithmAbove(floorRps: number): RateScale {
  const lowest = Math.log(floorRps);
  return {
    name: `log ${floorRps}`,
    scaledFromRps: (rate) => (rate <= floorRps ? lowest : Math.log(rate)),
    rpsFromScaled: (scaled) => (scaled <= lowest ? 0 : Math.exp(scaled)),
    writeScaled(ratesRps, from, to, into) {
      // One store for each kind of number: a choice between them would put every one into a box.
      for (let i = from; i < to; i += 1) {
        const rate = ratesRps[i];
        if (rate <= floorRps) into[i - from] = lowest;
        else into[i - from] = Math.log(rate);
      }
    },
    makeRps(points, count) {
      for (let i = 0; i < count; i += 1) {
        const point = points[i];
        if (point <= lowest) points[i] = 0;
        else points[i] = Math.exp(point);
      }
    },
    unitOf: () => 1,
  };
}

const BLOCK_SLOTS = 12;
const LONG_STEP_SECONDS = 600;
const LONG_STEP_BLOCK_SLOTS = 6;
const GROUPS = 8;
const LEAST_BLOCKS_PER_GROUP = 4;
const LOG_FROM_EXPONENT = 0.9;
const LOG_FROM_LEVEL_SPREAD = 2.5;
const MOST_ZEROS_RATIO = 0.01;
const FLOOR_RATIO = 0.02;

/**
 * Square root or logarithm, by Taylor's power law (Nature 1961): over blocks of about an hour, how does the mean change
 * from slot to slot grow with the mean level? With a power near 1/2 the square root levels it, near 1 the logarithm.
 * The logarithm is chosen only where the level varies enough to tell (a factor of 12 between low and high blocks) and
 * is hardly ever zero. Reads the slots [fromSlot, toSlot).
 */
export function chooseScale(history: History, fromSlot: number, toSlot: number): RateScale {
  const rates = history.ratesRps.subarray(fromSlot - history.firstSlot, toSlot - history.firstSlot);
  const { zeroRatio, meanRps } = summaryOf(rates);
  if (!(zeroRatio <= MOST_ZEROS_RATIO) || !(meanRps > 0)) return SQUARE_ROOT;
  const blocks = logBlocks(rates, history.stepSeconds);
  if (blocks.length < GROUPS * LEAST_BLOCKS_PER_GROUP) return SQUARE_ROOT;
  blocks.sort((a, b) => a.level - b.level);
  const groups = Array.from({ length: GROUPS }, (_, i) =>
    meanOf(blocks.slice((i * blocks.length) / GROUPS, ((i + 1) * blocks.length) / GROUPS)),
  );
  const spread = groups[GROUPS - 1].level - groups[0].level;
  if (spread < LOG_FROM_LEVEL_SPREAD || slopeOf(groups) < LOG_FROM_EXPONENT) return SQUARE_ROOT;
  // A power of two: the scale, and all that was fitted in it, stays the same while the level wanders a little.
  return logarithm(2 ** Math.round(Math.log2(FLOOR_RATIO * meanRps)));
}

interface Block {
  /** Logarithms of the mean rate and of the mean absolute change from slot to slot. */
  readonly level: number;
  readonly change: number;
}

function summaryOf(rates: SlotValues): { zeroRatio: number; meanRps: number } {
  let zeros = 0;
  let samples = 0;
  let sum = 0;
  for (const rate of rates) {
    if (Number.isNaN(rate)) continue;
    samples += 1;
    sum += rate;
    if (rate === 0) zeros += 1;
  }
  return { zeroRatio: zeros / samples, meanRps: sum / samples };
}

/** Blocks that have two neighbouring samples, a level above 0 and some change. */
function logBlocks(rates: SlotValues, stepSeconds: number): Block[] {
  const size = stepSeconds <= LONG_STEP_SECONDS ? BLOCK_SLOTS : LONG_STEP_BLOCK_SLOTS;
  const blocks: Block[] = [];
  for (let from = 0; from + size <= rates.length; from += size) {
    let level = 0;
    let change = 0;
    let pairs = 0;
    for (let i = from + 1; i < from + size; i += 1) {
      const difference = Math.abs(rates[i] - rates[i - 1]);
      if (Number.isNaN(difference)) continue;
      level += (rates[i] + rates[i - 1]) / 2;
      change += difference;
      pairs += 1;
    }
    if (level > 0 && change > 0)
      blocks.push({ level: Math.log(level / pairs), change: Math.log(change / pairs) });
  }
  return blocks;
}

function meanOf(blocks: readonly Block[]): Block {
  const sum = blocks.reduce((a, b) => ({ level: a.level + b.level, change: a.change + b.change }));
  return { level: sum.level / blocks.length, change: sum.change / blocks.length };
}

/** Least-squares slope of the change over the level. */
function slopeOf(points: readonly Block[]): number {
  const centre = meanOf(points);
  let covariance = 0;
  let variance = 0;
  for (const { level, change } of points) {
    covariance += (level - centre.level) * (change - centre.change);
    variance += (level - centre.level) ** 2;
  }
  return covariance / variance;
}
