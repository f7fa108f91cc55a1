import { dispatchedQueues } from '../../size/dispatch.ts';
import { neededPath } from '../needed-path.ts';
import type { ReplayWorld } from '../play.ts';
import type { Variant } from '../variant.ts';
import { aheadBy, createPlanned } from './planned.ts';

/** How late each step may be beyond what no replicas can help, as multiples of what the objective allows there. */
const ALLOWED_FACTORS = [0.02, 0.08, 0.2, 0.4, 0.7, 1.5, 2.5, 4, 7, 13, 28] as const;
const SMOOTHED_FACTORS = [0.23, 0.7, 1, 2.5, 7] as const;
/** Half widths of the running means by which noise is ridden out. */
const SMOOTHED_SECONDS = [150, 450] as const;

/**
 * Knows the future and pays the same start-up time. With the start-up paid from the order on and removal free and at
 * once, the cheapest plan that keeps every step at its need orders the highest need of the start-up time ahead: each
 * replica that a step needs must have been paid for since a start-up time before, and none else is. The first variant
 * keeps every step at the objective; the others allow each step more or less, or look at the load's running mean,
 * which spends the same lateness better: a frontier, not proven to be the optimum between its points.
 */
export function oracleVariants(world: ReplayWorld): readonly Variant[] {
  const { policy, model, physics, path, needed, window } = world;
  const startSteps = Math.round(Math.max(...physics.startup.seconds) / physics.stepSeconds);
  // Nobody looks at what lies before the replay.
  const from = window.playFromStep;
  const variant = (setting: string, countsOf: () => Int32Array): Variant => ({
    setting,
    create: () => {
      const counts = countsOf();
      for (let i = 0; i < counts.length; i += 1) counts[i] = Math.max(1, counts[i]);
      return createPlanned('oracle', aheadBy(counts, startSteps), from);
    },
  });
  const neededFor = (ratesOf: () => Float64Array, factor: number) => (): Int32Array => {
    const { responseSeconds } = policy.slo;
    return neededPath(ratesOf(), model, { responseSeconds, objectiveRatio: objectiveAt(world, factor) });
  };
  const smoothed = SMOOTHED_SECONDS.flatMap((seconds) => {
    const halfSteps = Math.round(seconds / physics.stepSeconds);
    const setting = `each step as its ${(2 * seconds) / 60} min mean`;
    const mean = (): Float64Array => runningMean(path.ratesRps, halfSteps).subarray(from);
    return SMOOTHED_FACTORS.map((factor) =>
      variant(factor === 1 ? setting : `${setting}, ${factor} x as late`, neededFor(mean, factor)),
    );
  });
  const asRecorded = (): Float64Array => path.ratesRps.subarray(from);
  return [
    variant('every step at the objective', () => needed.slice(from)),
    ...ALLOWED_FACTORS.map((factor) =>
      variant(`each step ${factor} x as late`, neededFor(asRecorded, factor)),
    ),
    ...smoothed,
  ];
}

function objectiveAt({ policy, model }: ReplayWorld, factor: number): number {
  const floor = dispatchedQueues(model).lateByService(1, policy.slo.responseSeconds);
  const allowed = 1 - policy.slo.objectiveRatio;
  return Math.max(0, 1 - (floor + factor * Math.max(0, allowed - floor)));
}

/** Mean over `halfSteps` to each side of what is known there; NaN stays NaN. */
function runningMean(ratesRps: Float64Array, halfSteps: number): Float64Array {
  const sums = new Float64Array(ratesRps.length + 1);
  const counts = new Float64Array(ratesRps.length + 1);
  ratesRps.forEach((rate, i) => {
    sums[i + 1] = sums[i] + (Number.isNaN(rate) ? 0 : rate);
    counts[i + 1] = counts[i] + (Number.isNaN(rate) ? 0 : 1);
  });
  return ratesRps.map((rate, i) => {
    const from = Math.max(0, i - halfSteps);
    const to = Math.min(ratesRps.length, i + halfSteps + 1);
    return Number.isNaN(rate) ? rate : (sums[to] - sums[from]) / (counts[to] - counts[from]);
  });
}
