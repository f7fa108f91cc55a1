/** How fast a heap grows, with what is known about it: the judge of the soaks. */
import { readFile } from 'node:fs/promises';

export interface HeapSample {
  /** Since its thread began. */
  readonly atMs: number;
  readonly pid: number;
  /** 0: the loop's. */
  readonly threadId: number;
  readonly heapBytes: number;
  /** Of the heap: machine code, and what is kept with it. */
  readonly codeBytes: number;
  readonly rssBytes: number;
  /** What the program itself keeps, without what V8 makes of its functions and shapes; only where it was counted. */
  readonly keptBytes?: number;
}

export interface Slope {
  readonly bytesPerHour: number;
  /** 95 % confidence. */
  readonly lowBytesPerHour: number;
  readonly highBytesPerHour: number;
  readonly samples: number;
}

/** Of a thread's life, what it takes to fill what may be full: caches, models, its machine code. */
export interface SlopeOptions {
  readonly warmUpMs: number;
  /** Hours that passed for the process while an hour passed for its clock: 1 but in virtual time. */
  readonly hoursPerHour?: number;
}

const MS_PER_HOUR = 3_600_000;
const NORMAL_95 = 1.96;
/** Neighbouring samples that say the same count for less; above it nothing is known. */
const MOST_LIKENESS = 0.95;

/**
 * Least squares over all lives of a thread at once, each with a level of its own. What is left over of neighbouring
 * samples is alike (a cache fills, a cache is emptied): the variance is widened by (1 + r) / (1 - r), r its correlation
 * at lag 1 (Bartlett 1935). undefined: fewer than 8 samples.
 */
export function heapSlope(
  samples: readonly HeapSample[],
  { warmUpMs, hoursPerHour = 1 }: SlopeOptions,
): Slope | undefined {
  const lives = livesOf(samples.filter(({ atMs }) => atMs >= warmUpMs)).filter((life) => life.length > 2);
  const points = lives.flatMap((life) => aroundItsMean(life, hoursPerHour));
  const freedom = points.length - lives.length - 1;
  if (points.length < 8 || freedom < 1) return undefined;
  const spread = sumOf(points, ({ hours }) => hours ** 2);
  const bytesPerHour = sumOf(points, ({ hours, bytes }) => hours * bytes) / spread;
  const left = points.map(({ hours, bytes }) => bytes - bytesPerHour * hours);
  const variance = sumOf(left, (one) => one ** 2) / freedom / spread;
  const likeness = Math.min(MOST_LIKENESS, Math.max(0, correlation(left)));
  const half = NORMAL_95 * Math.sqrt((variance * (1 + likeness)) / (1 - likeness));
  return {
    bytesPerHour,
    lowBytesPerHour: bytesPerHour - half,
    highBytesPerHour: bytesPerHour + half,
    samples: points.length,
  };
}

/** In the order of time: to count takes a while. */
export async function readHeapSamples(file: string): Promise<readonly HeapSample[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as HeapSample)
    .sort((a, b) => a.atMs - b.atMs);
}

/** Of the loop, and of the threads beside it. */
export function byThread(samples: readonly HeapSample[]): {
  readonly loop: readonly HeapSample[];
  readonly threads: readonly HeapSample[];
} {
  return {
    loop: samples.filter(({ threadId }) => threadId === 0),
    threads: samples.filter(({ threadId }) => threadId !== 0),
  };
}

/** What the program itself keeps, at those samples where it was counted. */
export function whatIsKept(samples: readonly HeapSample[]): readonly HeapSample[] {
  return samples.flatMap((one) =>
    one.keptBytes === undefined ? [] : [{ ...one, heapBytes: one.keptBytes }],
  );
}

/** What lives on a heap but for its machine code. */
export function withoutCode(samples: readonly HeapSample[]): readonly HeapSample[] {
  return samples.map((one) => ({ ...one, heapBytes: one.heapBytes - one.codeBytes }));
}

/** Of so many samples the middle one says how high a heap stands: others are of a moment. */
const LEVEL_SAMPLES = 9;

/**
 * By how much the heap of that life which grew most stood higher at its end than after its warm-up, whatever it did in
 * between. undefined: no life has samples enough for both.
 */
export function mostRiseBytes(
  samples: readonly HeapSample[],
  { warmUpMs }: Pick<SlopeOptions, 'warmUpMs'>,
): number | undefined {
  const rises = livesOf(samples.filter(({ atMs }) => atMs >= warmUpMs))
    .filter((life) => life.length >= 2 * LEVEL_SAMPLES)
    .map((life) => middleBytes(life.slice(-LEVEL_SAMPLES)) - middleBytes(life.slice(0, LEVEL_SAMPLES)));
  return rises.length === 0 ? undefined : Math.max(...rises);
}

function middleBytes(samples: readonly HeapSample[]): number {
  const sorted = samples.map(({ heapBytes }) => heapBytes).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

export function slopeText(slope: Slope | undefined): string {
  if (slope === undefined) return 'too few samples';
  const { bytesPerHour, lowBytesPerHour, highBytesPerHour, samples } = slope;
  const [mean, low, high] = [bytesPerHour, lowBytesPerHour, highBytesPerHour].map((bytes) =>
    (bytes / 1e6).toFixed(2),
  );
  return `${mean} MB/h (95 %: ${low} to ${high}), ${samples} samples`;
}

/** What was alive every ten minutes of each life, in MB: "a life of 34 min: 41.2 44.0 44.1 44.1". */
export function levelsText(
  samples: readonly HeapSample[],
  bytesOf = ({ heapBytes }: HeapSample): number => heapBytes,
): string {
  return livesOf(samples)
    .map((life) => {
      const [first, last] = [life[0], life.at(-1)!];
      const levels = life.filter(
        (one, index) => tensOfMinutes(one) !== (index === 0 ? -1 : tensOfMinutes(life[index - 1])),
      );
      const minutes = Math.round((last.atMs - first.atMs) / (MS_PER_HOUR / 60));
      return `a life of ${minutes} min: ${[...levels, last].map((one) => (bytesOf(one) / 1e6).toFixed(1)).join(' ')}`;
    })
    .join('; ');
}

function tensOfMinutes({ atMs }: HeapSample): number {
  return Math.floor(atMs / (MS_PER_HOUR / 6));
}

/** Each thread has a heap of its own, and so have those that come after it. */
function livesOf(samples: readonly HeapSample[]): readonly (readonly HeapSample[])[] {
  const lifeOf = ({ pid, threadId }: HeapSample): string => `${pid} ${threadId}`;
  return [...new Set(samples.map(lifeOf))].map((life) => samples.filter((one) => lifeOf(one) === life));
}

interface Point {
  readonly hours: number;
  readonly bytes: number;
}

function aroundItsMean(life: readonly HeapSample[], hoursPerHour: number): readonly Point[] {
  const hoursOf = ({ atMs }: HeapSample): number => (atMs / MS_PER_HOUR) * hoursPerHour;
  const hours = sumOf(life, hoursOf) / life.length;
  const bytes = sumOf(life, ({ heapBytes }) => heapBytes) / life.length;
  return life.map((sample) => ({ hours: hoursOf(sample) - hours, bytes: sample.heapBytes - bytes }));
}

function correlation(values: readonly number[]): number {
  const next = values.slice(1).reduce((sum, value, index) => sum + value * values[index], 0);
  return next / (sumOf(values, (value) => value ** 2) || 1);
}

function sumOf<One>(all: readonly One[], of: (one: One) => number): number {
  return all.reduce((sum, one) => sum + of(one), 0);
}
