import { presentRatio, type TimeSeries } from '../domain/time-series.ts';
import { median } from './median.ts';

/** Variance of the number of arrivals in intervals of a length, over its mean; 1 for Poisson arrivals. */
export interface Dispersion {
  readonly seconds: number;
  readonly index: number;
}

/** Lengths in steps of the series. */
const LENGTHS = [1, 2, 4, 8];
/** Triples of intervals that one estimate is made of; the median of the estimates is told. */
const TRIPLES_PER_BLOCK = 50;
const MIN_TRIPLES = 20;

/**
 * Index of dispersion for counts (Cox & Lewis 1966), by length of the interval. The slow trend is taken out by second
 * differences, (n1 - 2 n2 + n3)^2 / 6, which a straight line does not enter; the median over stretches keeps a flash crowd
 * out. What varies within a step cannot be seen, and what varies over hours is trend. Lengths with too few samples are
 * left out.
 */
export function dispersionOf(arrivalRate: TimeSeries): Dispersion[] {
  const found: Dispersion[] = [];
  for (const length of LENGTHS) {
    const seconds = length * arrivalRate.stepSeconds;
    const triples = triplesOf(countsOf(arrivalRate, length));
    if (triples.length < MIN_TRIPLES) break;
    found.push({ seconds, index: median(blocksOf(triples).map(ratioOf)) });
  }
  return found;
}

/** Arrivals in consecutive intervals of `length` slots; NaN where a slot is missing. */
function countsOf(series: TimeSeries, length: number): number[] {
  const counts: number[] = [];
  for (let from = 0; from + length <= series.values.length; from += length) {
    if (presentRatio(series, from, from + length) < 1) counts.push(Number.NaN);
    else {
      let sumRps = 0;
      for (const rate of series.values.subarray(from, from + length)) sumRps += rate;
      counts.push(sumRps * series.stepSeconds);
    }
  }
  return counts;
}

interface Triple {
  readonly variance: number;
  readonly mean: number;
}

function triplesOf(counts: readonly number[]): Triple[] {
  const triples: Triple[] = [];
  for (let i = 1; i + 1 < counts.length; i += 1) {
    const [before, here, after] = [counts[i - 1], counts[i], counts[i + 1]];
    const bend = before - 2 * here + after;
    if (Number.isFinite(bend))
      triples.push({ variance: (bend * bend) / 6, mean: (before + here + after) / 3 });
  }
  return triples.filter(({ mean }) => mean > 0);
}

function blocksOf(triples: readonly Triple[]): Triple[][] {
  const blocks: Triple[][] = [];
  for (let from = 0; from < triples.length; from += TRIPLES_PER_BLOCK) {
    const block = triples.slice(from, from + TRIPLES_PER_BLOCK);
    if (block.length >= MIN_TRIPLES || from === 0) blocks.push(block);
  }
  return blocks;
}

function ratioOf(block: readonly Triple[]): number {
  const variance = block.reduce((sum, triple) => sum + triple.variance, 0);
  return variance / block.reduce((sum, triple) => sum + triple.mean, 0);
}
