import { setMaxListeners } from 'node:events';
import type { Clock } from '../../domain/clock.ts';
import type { LeaseStore } from '../../domain/lease.ts';
import { createLeaderElector, type LeaderElector, type LeaderElectorDeps } from '../leader/leader-elector.ts';
import type { Ownership } from './ownership.ts';
import { preferredOwners } from './preferred-owners.ts';
import { layoutIdentity, leaseNames } from './lease-names.ts';
import { shardOf } from './shard-of.ts';

export interface ShareOwnershipDeps extends Omit<LeaderElectorDeps, 'store' | 'sharing' | 'onChange'> {
  /** At least 2. */
  readonly shards: number;
  /** The store of the Lease whose name is the base name with this behind it. */
  readonly storeOf: (suffix: string) => LeaseStore;
  readonly clock: Clock;
  /** Whether nothing that was written by this replica is under way. */
  readonly isQuiet: () => boolean;
  /** Each time that a shard is gained or lost. */
  readonly onChange: () => void;
}

/**
 * Workloads shared out among replicas: a Lease for each shard, fenced like that of a single leader, so that who writes
 * never depends on what anybody believes about the others; only who tries for which Lease does (preferred-owners.ts).
 *
 * Two more Leases: who holds no shard yet waits in the one of `joining`, one at a time, and is seen there by those who
 * have shards to give; and the base Lease, that of a single leader, is held by all together under a name that says how
 * many shards there are. So replicas of another number of shards, or of none, never write at the same time.
 */
export function shareOwnership(deps: ShareOwnershipDeps): Ownership {
  const { shards, storeOf, onChange, isQuiet } = deps;
  const identity = layoutIdentity(shards);
  const names = leaseNames(shards);
  const elector = (suffix: string, more: Partial<LeaderElectorDeps>): LeaderElector =>
    createLeaderElector({ ...deps, store: storeOf(suffix), onChange, ...more });

  const layout = elector(names.layout, {
    identity,
    url: undefined,
    sharing: { isWanted: () => true, isQuiet, isJoint: true },
  });
  const isLaidOut = (): boolean => layout.liveLeader() === identity;
  const holdsNone = (): boolean => electors.every((one) => one.liveLeader() !== deps.identity);
  const joining = elector(names.joining, {
    onChange: () => undefined,
    sharing: { isWanted: () => isLaidOut() && holdsNone(), isQuiet: () => true },
  });
  const isPreferred = (shard: number): boolean => {
    const holders = electors.map((one) => one.liveLeader());
    return preferredOwners({ holders, waiting: joining.liveLeader() })[shard] === deps.identity;
  };
  const electors: readonly LeaderElector[] = names.shards.map((suffix, shard) =>
    elector(suffix, { sharing: { isWanted: () => isLaidOut() && isPreferred(shard), isQuiet } }),
  );

  const of = (namespace: string): LeaderElector => electors[shardOf(namespace, shards)];
  const holds = (one: LeaderElector): boolean => layout.isLeader() && one.isLeader();
  const otherUrl = (one: LeaderElector): string | undefined =>
    one.leader() === deps.identity ? undefined : one.leaderUrl();
  return {
    isLeader: ({ namespace }) => holds(of(namespace)),
    attends: (namespace) => of(namespace).leader() === deps.identity,
    ownerUrl: (namespace) => otherUrl(of(namespace)),
    otherUrls() {
      const others = electors.filter((one) => one.leader() !== deps.identity).map((one) => one.leaderUrl());
      return others.every((url) => url !== undefined) ? [...new Set(others)] : undefined;
    },
    shards: () => ({ held: electors.filter(holds).length, all: shards }),
    run: async (signal) => {
      // As many wait on it as there are Leases; each lets go when it ends.
      setMaxListeners(0, signal);
      await Promise.all([layout, joining, ...electors].map((one) => one.run(signal)));
    },
  };
}
