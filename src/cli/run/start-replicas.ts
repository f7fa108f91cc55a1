import type { Fleet } from '../../control/fleet.ts';
import { sizedRateRps } from '../../control/learn-rate.ts';
import type { Policy } from '../../policy/policy.ts';
import { type DependencyLook, tightestDependency } from '../../size/dependency-limit.ts';
import { sizeReplicas } from '../../size/size-replicas.ts';

/** What a dependency says is free is besides what runs, which is what this is to find out: only a capacity limits. */
const NOTHING_RUNS: DependencyLook = {
  observation: { dependencies: [], currentReplicas: 0, readyReplicas: 0 },
  served: [],
  stepSeconds: 0,
};

/**
 * What a dry run without recorded replicas starts with: what the first trusted measurement needs, spare included,
 * within the policy's bounds; undefined while there is none, or no service rate is known.
 */
export function startReplicas(fleet: Fleet, policy: Policy, nowMs: number): number | undefined {
  const member = fleet.member(policy.workload);
  const measured = member?.looked?.arrivalRate;
  const serviceRateRps = sizedRateRps(policy, member?.rate?.learned);
  if (measured?.kind !== 'value' || serviceRateRps === null) return undefined;
  const { replicas } = sizeReplicas({
    basis: 'measured',
    window: [{ atMs: nowMs, rateRps: measured.value }],
    policy,
    leadTimeSeconds: 0,
    serviceRateRps,
    currentReplicas: policy.minReplicas,
    startingReplicas: 0,
    backlogRequests: 0,
    dependencyLimit: tightestDependency(policy.dependencies, NOTHING_RUNS),
  });
  return Math.min(policy.maxReplicas, Math.max(policy.minReplicas, replicas));
}
