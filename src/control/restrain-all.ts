import { desiredReplicas } from '../domain/decision.ts';
import { workloadKey } from '../domain/workload.ts';
import { restrain, type Restrained } from '../safety/restrain.ts';
import type { Judged } from './decide-all.ts';
import type { FleetSafety } from './fleet-safety.ts';
import type { TickDeps } from './tick-deps.ts';

/** What may be asked for: what was decided, unless the fleet's own safety holds a part of it back. */
export type Allowed = Pick<Restrained, 'hold'> & { readonly toReplicas: number };

export interface RestrainedVerdict extends Judged {
  readonly allowed: Allowed;
}

/** Holds all verdicts of a tick against the limits of the fleet, once all of them are known. */
export function restrainAll(
  { safety, metrics }: TickDeps,
  judged: readonly Judged[],
  nowMs: number,
): readonly RestrainedVerdict[] {
  const byKey = new Map(safety && limited(safety, judged, nowMs).map((one) => [one.key, one]));
  metrics.fleetHeld([...byKey.values()]);
  return judged.map((one) => {
    const { member, status, decision, memory } = one;
    const restrained = byKey.size > 0 ? byKey.get(workloadKey(decision.workload)) : undefined;
    const toReplicas = restrained?.allowedReplicas ?? desiredReplicas(decision);
    const allowed = restrained?.hold ? { toReplicas, hold: restrained.hold } : { toReplicas };
    return { member, status, decision, memory, allowed };
  });
}

function limited(
  { past, limits, writeSwitch }: FleetSafety,
  judged: readonly Judged[],
  nowMs: number,
): readonly Restrained[] {
  const counted = judged
    .filter(({ member }) => member.policy.mode === 'Scale')
    .map(({ decision }) => ({
      key: workloadKey(decision.workload),
      currentReplicas: decision.observed.currentReplicas,
      desiredReplicas: desiredReplicas(decision),
      isMeasured: decision.outcome.kind !== 'abstain',
    }));
  past.see(counted, nowMs);
  const areLifted = writeSwitch.limitsLiftedUntilMs() > nowMs;
  return restrain({ wishes: counted, past, limits, areLifted });
}
