import type { Policy } from '../../policy/policy.ts';
import { readPolicies } from '../run/read-policies.ts';
import type { ClusterFlags, OnInvalid } from './policies-of-cluster.ts';

/** Whose histories. */
export interface PolicyFlags extends ClusterFlags {
  readonly policy?: readonly string[];
}

/** All policies of the files, or of the cluster; of one namespace where one is named. */
export async function policiesToRead(
  flags: PolicyFlags,
  onInvalid: OnInvalid,
  stop: AbortSignal,
): Promise<readonly Policy[]> {
  if (flags.policy === undefined)
    return (await import('./policies-of-cluster.ts')).policiesOfCluster(flags, onInvalid, stop);
  const policies = (await readPolicies(flags.policy)).map(({ policy }) => policy);
  const { namespace } = flags;
  return policies.filter(({ workload }) => namespace === undefined || workload.namespace === namespace);
}
