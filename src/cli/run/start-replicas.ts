import type { Fleet } from '../../control/fleet.ts';
import type { Policy } from '../../policy/policy.ts';
import { sizeReplicas } from '../../size/size-replicas.ts';

/**
 * What a dry run without recorded replicas starts with: what the first trusted measurement needs, spare included,
 * within the policy's bounds; undefined while there is none.
 */
export function startReplicas(fleet: Fleet, policy: Policy, nowMs: number): number | undefined {
  const measured = fleet.member(policy.workload)?.looked?.arrivalRate;
  if (measured?.kind !== 'value') return undefined;
  const { replicas } = sizeReplicas({
    basis: 'measured',
    window: [{ atMs: nowMs, rateRps: measured.value }],
    policy,
    leadTimeSeconds: 0,
    serviceRateRps: policy.capacity.serviceRateRps,
    currentReplicas: policy.minReplicas,
    startingReplicas: 0,
    backlogRequests: 0,
  });
  return Math.min(policy.maxReplicas, Math.max(policy.minReplicas, replicas));
}
