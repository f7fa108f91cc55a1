import { dispatchedQueues } from '../../size/dispatch.ts';
import type { LoadPath } from '../load-path.ts';
import { createNeededCount, neededAt } from '../needed-path.ts';
import type { ReplayWorld } from '../play.ts';
import type { Variant } from '../variant.ts';
import { createPlanned, highestAhead, type CountAt } from './planned.ts';

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
  const { policy, model, physics, path, needed } = world;
  const ahead = {
    steps: Math.round(Math.max(...physics.startup.seconds) / physics.stepSeconds),
    untilStep: path.steps,
  };
  const variant = (setting: string, begin: () => CountAt): Variant => ({
    setting,
    create: () => {
      const countAt = begin();
      return createPlanned(
        'oracle',
        highestAhead((step) => Math.max(1, countAt(step)), ahead),
      );
    },
  });
  const neededFor = (beginRates: () => RateAt, factor: number) => (): CountAt => {
    const { responseSeconds } = policy.slo;
    const objectiveRatio = objectiveAt(world, factor);
    const [rateAt, countFor] = [beginRates(), createNeededCount(model, { responseSeconds, objectiveRatio })];
    return (step) => countFor(rateAt(step));
  };
  const smoothed = SMOOTHED_SECONDS.flatMap((seconds) => {
    const halfSteps = Math.round(seconds / physics.stepSeconds);
    const setting = `each step as its ${(2 * seconds) / 60} min mean`;
    return SMOOTHED_FACTORS.map((factor) =>
      variant(
        factor === 1 ? setting : `${setting}, ${factor} x as late`,
        neededFor(() => runningMean(path, halfSteps), factor),
      ),
    );
  });
  return [
    variant('every step at the objective', () => (step) => neededAt(needed, step)),
    ...ALLOWED_FACTORS.map((factor) =>
      variant(
        `each step ${factor} x as late`,
        neededFor(() => path.rateAt, factor),
      ),
    ),
    ...smoothed,
  ];
}

/** Asked for steps in order. */
type RateAt = (step: number) => number;

function objectiveAt({ policy, model }: ReplayWorld, factor: number): number {
  const floor = dispatchedQueues(model).lateByService(1, policy.slo.responseSeconds);
  const allowed = 1 - policy.slo.objectiveRatio;
  return Math.max(0, 1 - (floor + factor * Math.max(0, allowed - floor)));
}

/** Mean over `halfSteps` to each side of what is known there; NaN stays NaN. */
function runningMean({ rateAt, steps }: LoadPath, halfSteps: number): RateAt {
  const until = createRunningSum(rateAt);
  const before = createRunningSum(rateAt);
  return (step) => {
    const rate = rateAt(step);
    if (Number.isNaN(rate)) return rate;
    const to = until(Math.min(steps, step + halfSteps + 1));
    const from = before(Math.max(0, step - halfSteps));
    return (to.rateRps - from.rateRps) / (to.count - from.count);
  };
}

/** What all steps before one add up to, as far as they are known; what it returns is written over by the next call. */
function createRunningSum(rateAt: RateAt): (untilStep: number) => Readonly<RunningSum> {
  const sum: RunningSum = { rateRps: 0, count: 0 };
  let next = 0;
  return (untilStep) => {
    for (; next < untilStep; next += 1) {
      const rate = rateAt(next);
      if (Number.isNaN(rate)) continue;
      sum.rateRps += rate;
      sum.count += 1;
    }
    return sum;
  };
}

interface RunningSum {
  rateRps: number;
  count: number;
}
