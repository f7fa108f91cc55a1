/** Most shards that there may be; deploy/components/shards names as many Leases. */
export const MOST_SHARDS = 16;

export interface LeaseNames {
  /** What follows the base name in that of each Lease. */
  readonly layout: string;
  readonly joining: string;
  readonly shards: readonly string[];
}

export function leaseNames(shards: number): LeaseNames {
  return {
    layout: '',
    joining: '-joining',
    shards: Array.from({ length: shards }, (_, shard) => `-shard-${shard}`),
  };
}

/** Who holds the base Lease while workloads are shared out: all replicas that know the same number of shards. */
export function layoutIdentity(shards: number): string {
  return `${shards} shards`;
}
