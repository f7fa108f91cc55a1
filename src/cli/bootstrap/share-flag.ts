import { InvalidArgumentError } from 'commander';
import { shardOf } from '../../control/shards/shard-of.ts';

/** Which part of a fleet's workloads, or of its classes: `index` (from 0) of `count`. */
export interface Share {
  readonly index: number;
  readonly count: number;
}

const MOST_SHARES = 1000;

/** "2/8": the third of eight, as Kubernetes counts the pods of an indexed Job. */
export function shareFlag(text: string): Share {
  const parts = /^(?<index>\d{1,4})\/(?<count>\d{1,4})$/.exec(text)?.groups;
  const [index, count] = [Number(parts?.['index']), Number(parts?.['count'])];
  if (!(index < count && count <= MOST_SHARES))
    throw new InvalidArgumentError(
      `Got "${text}", allowed: INDEX/COUNT such as 0/4, INDEX from 0 to COUNT - 1, COUNT at most ${MOST_SHARES}.`,
    );
  return { index, count };
}

/** By the rendezvous hashing of shards, but key by key: every one is in one share, whoever asks. */
export function isInShare({ index, count }: Share, key: string): boolean {
  return shardOf(key, count) === index;
}
