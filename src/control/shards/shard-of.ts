import { rendezvousWeight } from '../../domain/rendezvous.ts';

/**
 * The shard (0 to `shards` - 1) of a namespace's workloads, by rendezvous hashing: from S shards to S + 1 only what the
 * new one gets moves. Whole namespaces, since all that ties workloads together (`dependsOn`, an autoscaler whose minimum
 * is raised) is within one, and since every replica knows a namespace's shard without having seen anything.
 */
export function shardOf(namespace: string, shards: number): number {
  let best = 0;
  let bestWeight = -1;
  for (let shard = 0; shard < shards; shard += 1) {
    const weight = rendezvousWeight(namespace, `shard ${shard}`);
    if (weight <= bestWeight) continue;
    best = shard;
    bestWeight = weight;
  }
  return best;
}
