import type { Command } from 'commander';
import { DEFAULT_FLEET_LIMITS, type FleetLimits } from '../../safety/fleet-limits.ts';
import { numberFlag, positiveDurationFlag, shareFlag } from '../flags.ts';

/** What may hold the whole fleet back, in a cluster. */
export interface SafetyFlags {
  /** Stops all writes while it is there. */
  readonly stopFile?: string;
  /** Seconds that the fleet's limits look back. */
  readonly fleetWindow?: number;
  /** Shares (0..1). */
  readonly fleetRemovals?: number;
  readonly fleetHalvings?: number;
  /** Replicas. */
  readonly fleetAdditions?: number;
}

export function declareSafetyFlags(command: Command): Command {
  return command
    .option('--stop-file <file>', 'while it is there, nothing is written: the switch without an API server')
    .option('--fleet-window <duration>', "how far back the fleet's limits look (30m)", positiveDurationFlag)
    .option(
      '--fleet-removals <share>',
      "of the fleet's replicas, that may be gone within it (30%)",
      shareFlag,
    )
    .option(
      '--fleet-halvings <share>',
      'of the workloads, that may have lost half of their replicas within it (25%)',
      shareFlag,
    )
    .option(
      '--fleet-additions <replicas>',
      'that may have been added within it (any number)',
      numberFlag({ min: 0, integer: true }),
    );
}

export function fleetLimits(flags: SafetyFlags): Omit<FleetLimits, 'warmSeconds'> {
  const standard = DEFAULT_FLEET_LIMITS;
  return {
    ...standard,
    windowSeconds: flags.fleetWindow ?? standard.windowSeconds,
    removedReplicasRatio: flags.fleetRemovals ?? standard.removedReplicasRatio,
    halvedWorkloadsRatio: flags.fleetHalvings ?? standard.halvedWorkloadsRatio,
    addedReplicas: flags.fleetAdditions ?? standard.addedReplicas,
  };
}
