import type { Leadership } from '../../domain/lease.ts';
import type { LeaderElector } from '../leader/leader-elector.ts';

/** Which replica of the controller looks after which namespaces. One replica alone is the case of one shard. */
export interface Ownership extends Leadership {
  /**
   * Whether this replica observes and decides for the namespace's workloads. Whether it may write is asked apart: one
   * that could not renew its Lease goes on deciding until it sees that another has it.
   */
  attends(namespace: string): boolean;
  /** Where the API of the namespace's owner answers, where it tells; undefined where nobody is known to own it. */
  ownerUrl(namespace: string): string | undefined;
  /** Where the other owners answer, each once; undefined where a shard has none, or one that tells no address. */
  otherUrls(): readonly string[] | undefined;
  shards(): ShardCount;
  /** Until the signal is aborted; then what is held is given back: whoever aborts must have ended its writing before. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ShardCount {
  readonly held: number;
  readonly all: number;
}

/** One Lease for all: its holder writes, the others decide the same beside it, ready to take over. */
export function soleOwnership(elector: LeaderElector): Ownership {
  const url = (): string | undefined => (elector.isLeader() ? undefined : elector.leaderUrl());
  return {
    isLeader: () => elector.isLeader(),
    attends: () => true,
    ownerUrl: url,
    otherUrls: () => [],
    shards: () => ({ held: elector.isLeader() ? 1 : 0, all: 1 }),
    run: (signal) => elector.run(signal),
  };
}
