/** What a policy pays that decides again and again: replicas start late, go at once, the youngest first. */
import { lateByCount, type World } from './offline-optimum.ts';

export interface PlayedStep {
  readonly rateRps: number;
  readonly seconds: number;
}

export interface Fleet {
  /** Asked for, those that start included. */
  readonly replicas: number;
  readonly startingReplicas: number;
}

export interface PlayedCost {
  readonly total: number;
  readonly replicas: number;
  readonly violations: number;
  readonly starts: number;
}

/**
 * Decides every `tickSeconds` (a divisor of the steps). `decide` is given the step, the seconds since it began and the
 * fleet; the first count is there from the beginning and costs no start, as for the offline optimum.
 */
export function playPlan(
  steps: readonly PlayedStep[],
  { world, tickSeconds }: { readonly world: World; readonly tickSeconds: number },
  decide: (step: number, secondsIn: number, fleet: Fleet) => number,
): PlayedCost {
  const readyAt: number[] = [];
  const cost = { replicas: 0, violations: 0, starts: 0 };
  let now = 0;
  let isFirst = true;
  steps.forEach(({ rateRps, seconds }, step) => {
    let late: Float64Array = new Float64Array(0);
    for (let secondsIn = 0; secondsIn < seconds; secondsIn += tickSeconds, now += tickSeconds) {
      const starting = readyAt.filter((at) => at > now).length;
      const wanted = Math.max(
        1,
        decide(step, secondsIn, { replicas: readyAt.length, startingReplicas: starting }),
      );
      if (readyAt.length > wanted) readyAt.length = wanted;
      while (readyAt.length < wanted) {
        readyAt.push(isFirst ? now : now + world.startupSeconds);
        if (!isFirst) cost.starts += world.perStart;
      }
      isFirst = false;
      // Ready times ascend; those that become ready within the tick serve the rest of it.
      cost.replicas += readyAt.length * world.perReplicaSecond * tickSeconds;
      if (late.length <= readyAt.length) late = lateByCount(rateRps, world, 2 * readyAt.length + 8);
      cost.violations +=
        world.perViolation * lateOver(readyAt, late, { rateRps, from: now, to: now + tickSeconds });
    }
  });
  return { ...cost, total: cost.replicas + cost.violations + cost.starts };
}

function lateOver(
  readyAt: readonly number[],
  late: Float64Array,
  { rateRps, from, to }: { rateRps: number; from: number; to: number },
): number {
  let serving = readyAt.findIndex((at) => at > from);
  if (serving < 0) serving = readyAt.length;
  let sum = 0;
  for (let at = from; at < to;) {
    const next = serving < readyAt.length ? Math.min(to, readyAt[serving]) : to;
    sum += (next - at) * (serving === 0 ? 5 * rateRps : late[serving]);
    at = next;
    while (serving < readyAt.length && readyAt[serving] <= at) serving += 1;
  }
  return sum;
}
