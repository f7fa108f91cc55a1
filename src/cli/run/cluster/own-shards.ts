import type { ApiClient } from '../../../cluster/api-client.ts';
import { workloadOf, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import { createLeaseStore } from '../../../cluster/lease-store.ts';
import { createLeaderElector, type LeaderElectorDeps } from '../../../control/leader/leader-elector.ts';
import { DEFAULT_LEASE_PARAMS } from '../../../control/leader/next-lease-action.ts';
import { soleOwnership, type Ownership } from '../../../control/shards/ownership.ts';
import { shareOwnership } from '../../../control/shards/share-ownership.ts';
import type { LeaseFlag } from '../lease-flag.ts';

export interface OwnShardsDeps extends Omit<LeaderElectorDeps, 'store' | 'params' | 'sharing' | 'onChange'> {
  readonly client: ApiClient;
  readonly lease: LeaseFlag;
  readonly shards: number;
  /** Whether no tick is under way. */
  readonly isQuiet: () => boolean;
  readonly onChange: () => void;
}

/** One shard: the leader of all. More: shared out among the replicas. */
export function ownShards({ client, lease, shards, ...deps }: OwnShardsDeps): Ownership {
  const { namespace, name } = lease;
  const storeOf = (suffix: string) => createLeaseStore(client, { namespace, name: `${name}${suffix}` });
  const params = DEFAULT_LEASE_PARAMS;
  return shards === 1
    ? soleOwnership(createLeaderElector({ ...deps, params, store: storeOf('') }))
    : shareOwnership({ ...deps, params, shards, storeOf });
}

/** Whose objects this replica speaks about. */
export const isOwned =
  (ownership: Ownership) =>
  (object: KubernetesObject): boolean =>
    ownership.isLeader(workloadOf(object));
