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
): FleetSafety {
  const { windowSeconds } = limits;
  const warmSeconds = WARM_TICKS * tickSeconds;
  const past = createFleetPast({ windowSeconds, gapSeconds: warmSeconds });
  return { writeSwitch, limits: { ...limits, warmSeconds }, past };
}
