/** How much of a difference is luck: whole days drawn with replacement, the same days for both sides. */
import { createRandom } from '../domain/random.ts';
import type { Policy } from '../policy/policy.ts';
import { addTallies, scoreOf, type Tally } from './score.ts';

export interface Interval {
  readonly lower: number;
  readonly upper: number;
}

export interface PairedIntervals {
  readonly days: number;
  /** Own replica-hours over the other's. */
  readonly replicaHoursRatio: Interval;
  /** Own total cost over the other's; absent where the policy has no prices. */
  readonly costRatio?: Interval;
  /** Own share of late requests less the other's. */
  readonly violationDifference: Interval;
}

const RESAMPLES = 1000;
const LEAST_DAYS = 3;
const TAIL_RATIO = 0.025;

/**
 * 95 % percentile intervals (Efron 1979) over days, which load makes far less alike one another than hours are;
 * undefined under three days, of which nothing can be drawn.
 */
export function pairedIntervals(
  own: readonly Tally[],
  other: readonly Tally[],
  cost: Policy['cost'],
  seed: number,
): PairedIntervals | undefined {
  const days = Math.min(own.length, other.length);
  if (days < LEAST_DAYS) return undefined;
  const random = createRandom(seed);
  const draws = Array.from({ length: RESAMPLES }, () => {
    const drawn = Array.from({ length: days }, () => Math.floor(random() * days));
    const [left, right] = [own, other].map((tallies) =>
      scoreOf(addTallies(drawn.map((day) => tallies[day])), 0, cost),
    );
    return {
      hours: left.replicaHours / right.replicaHours,
      cost: left.cost.total / right.cost.total,
      late: left.sloViolationRatio - right.sloViolationRatio,
    };
  });
  const isPriced = draws.every((draw) => Number.isFinite(draw.cost));
  return {
    days,
    replicaHoursRatio: interval(draws.map((draw) => draw.hours)),
    ...(isPriced && { costRatio: interval(draws.map((draw) => draw.cost)) }),
    violationDifference: interval(draws.map((draw) => draw.late)),
  };
}

function interval(values: readonly number[]): Interval {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (ratio: number): number => sorted[Math.round(ratio * (sorted.length - 1))];
  return { lower: at(TAIL_RATIO), upper: at(1 - TAIL_RATIO) };
}
