import { durationFromSeconds } from '../domain/duration.ts';
import { percentText } from '../domain/figures.ts';
import type { Hold } from '../domain/hold.ts';
import type { FleetLimits } from './fleet-limits.ts';
import type { FleetPast } from './fleet-past.ts';
import { shareBudget } from './share-budget.ts';

/** What was decided for one workload. */
export interface Wish {
  readonly key: string;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
}

/** What may be written of it; `hold` says why that is less than was wished for. */
export interface Restrained extends Wish {
  readonly allowedReplicas: number;
  readonly hold?: Hold;
}

export interface RestrainInput {
  readonly wishes: readonly Wish[];
  /** With the present look in it. */
  readonly past: FleetPast;
  readonly limits: FleetLimits;
  /** A person has agreed to more: only what is not warm is held. */
  readonly areLifted: boolean;
}

/**
 * What of all wishes may be done now. Every answer lies between what runs and what was wished for: nothing is ever
 * changed the other way. Where a limit leaves room for a part, it is divided in proportion to what each asks for.
 */
export function restrain({ wishes, past, limits, areLifted }: RestrainInput): readonly Restrained[] {
  const warm = wishes.map((wish) => holdCold(wish, past, limits));
  if (areLifted) return warm;
  return limitAdditions(limitHalvings(limitRemovals(warm, past, limits), past, limits), past, limits);
}

function holdCold(wish: Wish, past: FleetPast, { warmSeconds }: FleetLimits): Restrained {
  const measuredSeconds = past.measuredSeconds(wish.key);
  if (wish.desiredReplicas >= wish.currentReplicas || measuredSeconds >= warmSeconds)
    return { ...wish, allowedReplicas: wish.desiredReplicas };
  const measured = `measured for ${durationFromSeconds(measuredSeconds)} of ${durationFromSeconds(warmSeconds)}`;
  return held({ ...wish, allowedReplicas: wish.desiredReplicas }, wish.currentReplicas, {
    reason: 'FleetWarmingUp',
    message: measured,
  });
}

/** Lost counts from each workload's highest of the window, so that what came back is not held against the fleet. */
function limitRemovals(
  all: readonly Restrained[],
  past: FleetPast,
  { removedReplicasRatio, freeReplicas, windowSeconds }: FleetLimits,
): readonly Restrained[] {
  const highest = sum(all, ({ key }) => past.highestReplicas(key));
  const gone = sum(all, ({ key, currentReplicas }) => past.highestReplicas(key) - currentReplicas);
  const most = Math.max(freeReplicas, Math.floor(removedReplicasRatio * highest));
  const message =
    `the fleet had ${highest} replicas within ${durationFromSeconds(windowSeconds)}, may lose ${most} ` +
    `(${percentText(removedReplicasRatio)}, at least ${freeReplicas}) without a person, and has lost ${gone}`;
  const granted = shareBudget(all.map(removed), most - gone);
  return all.map((one, index) => {
    const allowedReplicas = one.currentReplicas - granted[index];
    return removed(one) === granted[index]
      ? one
      : held(one, allowedReplicas, { reason: 'FleetRemovalLimit', message });
  });
}

/** Who loses the fewest replicas may first. */
function limitHalvings(
  all: readonly Restrained[],
  past: FleetPast,
  { halvedWorkloadsRatio, freeWorkloads, windowSeconds }: FleetLimits,
): readonly Restrained[] {
  const isHalved = (key: string, replicas: number): boolean => 2 * replicas <= past.highestReplicas(key);
  const already = all.filter(
    ({ key, currentReplicas }) => currentReplicas > 0 && isHalved(key, currentReplicas),
  );
  const would = all
    .filter(({ key, currentReplicas }) => !isHalved(key, currentReplicas))
    .filter((one) => removed(one) > 0 && isHalved(one.key, one.allowedReplicas))
    .sort((a, b) => removed(a) - removed(b));
  const most = Math.max(freeWorkloads, Math.floor(halvedWorkloadsRatio * all.length));
  const tooMany = new Set(would.slice(Math.max(0, most - already.length)).map(({ key }) => key));
  const message =
    `${most} of ${all.length} workloads may lose half of their replicas within ` +
    `${durationFromSeconds(windowSeconds)} without a person, and ${already.length} have`;
  return all.map((one) => {
    if (!tooMany.has(one.key)) return one;
    const leastReplicas = Math.floor(past.highestReplicas(one.key) / 2) + 1;
    return held(one, Math.min(one.currentReplicas, leastReplicas), { reason: 'FleetHalvingLimit', message });
  });
}

function limitAdditions(
  all: readonly Restrained[],
  past: FleetPast,
  { addedReplicas, windowSeconds }: FleetLimits,
): readonly Restrained[] {
  if (addedReplicas === null) return all;
  const added = ({ currentReplicas, allowedReplicas }: Restrained): number =>
    Math.max(0, allowedReplicas - currentReplicas);
  const come = sum(all, ({ key, currentReplicas }) => currentReplicas - past.lowestReplicas(key));
  const granted = shareBudget(all.map(added), addedReplicas - come);
  const message =
    `${addedReplicas} replicas may be added to the fleet within ${durationFromSeconds(windowSeconds)} without a ` +
    `person, and ${come} have been`;
  return all.map((one, index) =>
    added(one) === granted[index]
      ? one
      : held(one, one.currentReplicas + granted[index], { reason: 'FleetAdditionLimit', message }),
  );
}

function held(one: Restrained, allowedReplicas: number, { reason, message }: Hold): Restrained {
  const instead = `; ${allowedReplicas} instead of ${one.desiredReplicas}`;
  return { ...one, allowedReplicas, hold: { reason, message: message + instead } };
}

function removed({ currentReplicas, allowedReplicas }: Restrained): number {
  return Math.max(0, currentReplicas - allowedReplicas);
}

function sum(all: readonly Restrained[], of: (one: Restrained) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
