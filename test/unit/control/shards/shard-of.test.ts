import { describe, expect, test } from 'vitest';
import { shardOf } from '../../../../src/control/shards/shard-of.ts';
import { rendezvousWeight } from '../../../../src/domain/rendezvous.ts';

const NAMESPACES = Array.from({ length: 2000 }, (_, index) => `team-${index}`);

function counts(shards: number): readonly number[] {
  const all = NAMESPACES.map((namespace) => shardOf(namespace, shards));
  return Array.from({ length: shards }, (_, shard) => all.filter((one) => one === shard).length);
}

describe('the weight of a node for a key', () => {
  test.each([
    ['shop', 'shard 0', 1078386739],
    ['shop', 'shard 1', 2952528706],
    ['', '', 579050429],
    ['größe', 'shard 15', 1181746773],
  ] as const)('%j with %j weighs %d (computed by a program in another language)', (key, node, weight) => {
    expect(rendezvousWeight(key, node)).toBe(weight);
  });
});

describe('the shard of a namespace', () => {
  test('with one shard: that one', () => {
    expect(NAMESPACES.every((namespace) => shardOf(namespace, 1) === 0)).toBe(true);
  });

  test('stays what it is: a release that put namespaces elsewhere would have two owners for a while', () => {
    expect(['default', 'shop', 'team-1', 'kube-system'].map((one) => shardOf(one, 6))).toEqual([1, 4, 2, 0]);
  });

  test.each([2, 3, 6, 16])(
    '2,000 namespaces over %d shards: each within a quarter of its share',
    (shards) => {
      const share = NAMESPACES.length / shards;
      for (const count of counts(shards)) expect(Math.abs(count / share - 1)).toBeLessThan(0.25);
    },
  );

  test.each([1, 2, 5, 15])(
    'one more than %d: only to the new one does anything move, and its share',
    (shards) => {
      const moved = NAMESPACES.filter((one) => shardOf(one, shards) !== shardOf(one, shards + 1));
      expect(moved.every((one) => shardOf(one, shards + 1) === shards)).toBe(true);
      const share = NAMESPACES.length / (shards + 1);
      expect(Math.abs(moved.length / share - 1)).toBeLessThan(0.25);
    },
  );
});
