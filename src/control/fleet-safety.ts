import { WARM_TICKS, type FleetLimits } from '../safety/fleet-limits.ts';
import { createFleetPast, type FleetPast } from '../safety/fleet-past.ts';
import type { WriteSwitch } from '../safety/write-switch.ts';

/** What may hold the whole fleet back, and what it is judged by. */
export interface FleetSafety {
  readonly writeSwitch: WriteSwitch;
  readonly limits: FleetLimits;
  readonly past: FleetPast;
}

export function createFleetSafety(
  writeSwitch: WriteSwitch,
  limits: Omit<FleetLimits, 'warmSeconds'>,
  tickSeconds: number,
  /** The share (0..1) of all workloads that this replica of the controller owns. */
  ownedRatio: () => number = () => 1,
): FleetSafety {
  const { windowSeconds } = limits;
  const warmSeconds = WARM_TICKS * tickSeconds;
  const past = createFleetPast({ windowSeconds, gapSeconds: warmSeconds });
  return {
    writeSwitch,
    past,
    get limits() {
      return { ...ownLimits(limits, ownedRatio()), warmSeconds };
    },
  };
}

/** A ratio is one of every part too; of a number, each owner has its share, and together they have no more than all. */
function ownLimits(
  limits: Omit<FleetLimits, 'warmSeconds'>,
  ownedRatio: number,
): Omit<FleetLimits, 'warmSeconds'> {
  const { freeReplicas, freeWorkloads, addedReplicas } = limits;
  const part = (all: number): number => Math.floor(ownedRatio * all);
  return {
    ...limits,
    freeReplicas: part(freeReplicas),
    freeWorkloads: part(freeWorkloads),
    addedReplicas: addedReplicas === null ? null : part(addedReplicas),
  };
}
