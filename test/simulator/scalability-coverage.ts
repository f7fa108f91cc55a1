/**
 * How often the 95 % intervals of the fitted scalability law hold the truth: a line for each truth and noise,
 * `npx tsx test/simulator/scalability-coverage.ts [fits]`.
 */
import { fitScalability } from '../../src/capacity/fit-scalability.ts';
import type { CountSample } from '../../src/capacity/law-regression.ts';
import { createRandom } from '../../src/domain/random.ts';
import { gaussian } from './distributions.ts';

export interface Truth {
  readonly rateRps: number;
  readonly contention: number;
  readonly coherency: number;
  readonly counts: readonly number[];
  readonly slotsPerCount: number;
  /** Standard deviation of a slot's throughput, as a share of it. */
  readonly noise: number;
  /** Share of slots that are off by a factor of 3. */
  readonly outliers: number;
}

const upTo = (largest: number): number[] => Array.from({ length: largest }, (_, i) => i + 1);

const SHAPES = [
  { contention: 0, coherency: 0, counts: upTo(16) },
  { contention: 0.05, coherency: 0, counts: upTo(20) },
  { contention: 0, coherency: 0.001, counts: upTo(30) },
  { contention: 0.02, coherency: 0.0005, counts: upTo(40) },
  { contention: 0.1, coherency: 0.01, counts: [1, 2, 4, 8, 16, 32] },
  { contention: 0.3, coherency: 0.001, counts: [4, 6, 8, 12, 16] },
];
const NOISES = [
  { noise: 0.01, outliers: 0 },
  { noise: 0.05, outliers: 0 },
  { noise: 0.05, outliers: 0.01 },
  { noise: 0.15, outliers: 0 },
];

export const TRUTHS: readonly Truth[] = SHAPES.flatMap((shape) =>
  NOISES.map((noise) => ({ rateRps: 200, ...shape, ...noise, slotsPerCount: 10 })),
);

export function drawSamples(truth: Truth, seed: number): CountSample[] {
  const random = createRandom(seed);
  const slots = truth.counts.flatMap((replicas) => new Array<number>(truth.slotsPerCount).fill(replicas));
  return slots.map((replicas, i) => {
    const slowdown = 1 + truth.contention * (replicas - 1) + truth.coherency * replicas * (replicas - 1);
    const spoilt = random() < truth.outliers ? (random() < 0.5 ? 3 : 1 / 3) : 1;
    const rateRps = (truth.rateRps / slowdown) * Math.max(0.01, 1 + truth.noise * gaussian(random)) * spoilt;
    return { atMs: i * 60_000, replicas, rateRps };
  });
}

export interface Coverage {
  readonly fits: number;
  readonly refused: number;
  readonly rate: number;
  readonly contention: number;
  readonly coherency: number;
  readonly peak: number;
}

/** Of `fits` fits, shares of the intervals that hold the truth among those that were not refused. */
export function coverageOf(truth: Truth, fits: number): Coverage {
  const peak = truth.coherency === 0 ? Infinity : Math.sqrt((1 - truth.contention) / truth.coherency);
  const held = { rate: 0, contention: 0, coherency: 0, peak: 0 };
  let refused = 0;
  for (let seed = 1; seed <= fits; seed += 1) {
    const fit = fitScalability(drawSamples(truth, seed));
    if (fit.kind === 'refused') {
      refused += 1;
      continue;
    }
    const holds = ({ lower, upper }: { lower: number; upper: number }, value: number): number =>
      lower <= value && value <= upper ? 1 : 0;
    held.rate += holds(fit.rateRps, truth.rateRps);
    held.contention += holds(fit.contention, truth.contention);
    held.coherency += holds(fit.coherency, truth.coherency);
    held.peak += holds(fit.peakReplicas, peak);
  }
  const share = (count: number): number => count / (fits - refused);
  return {
    fits,
    refused,
    rate: share(held.rate),
    contention: share(held.contention),
    coherency: share(held.coherency),
    peak: share(held.peak),
  };
}

function main(fits: number): void {
  console.log(
    `contention coherency counts noise outliers: of ${fits} fits, held by the interval of rate, contention, coherency, peak; refused`,
  );
  for (const truth of TRUTHS) {
    const { rate, contention, coherency, peak, refused } = coverageOf(truth, fits);
    const shares = [rate, contention, coherency, peak].map((each) => `${(100 * each).toFixed(1)} %`);
    const { counts, noise, outliers } = truth;
    console.log(
      `${truth.contention} ${truth.coherency} ${counts[0]}-${counts[counts.length - 1]} ${noise} ${outliers}: ${shares.join(', ')}; ${refused}`,
    );
  }
}

if (process.argv[1]?.endsWith('scalability-coverage.ts')) main(Number(process.argv[2] ?? 500));
