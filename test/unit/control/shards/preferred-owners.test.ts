import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { preferredOwners } from '../../../../src/control/shards/preferred-owners.ts';

type Owners = readonly (string | undefined)[];

const members = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}_[0-9a-f]{4}$/), { minLength: 1, maxLength: 8 });
/** Any state that Leases may be in: each shard held by somebody or by nobody. */
const anyState = fc.tuple(fc.integer({ min: 1, max: 16 }), members).chain(([shards, all]) =>
  fc.record({
    holders: fc.array(fc.option(fc.constantFrom(...all), { nil: undefined }), {
      minLength: shards,
      maxLength: shards,
    }),
    waiting: fc.option(fc.constantFrom(...all), { nil: undefined }),
  }),
);
/** A state in which nobody has anything to do. */
const settled = fc
  .tuple(fc.integer({ min: 1, max: 16 }), members)
  .map(([shards, all]) =>
    all.reduce<Owners>(
      (holders, waiting) => preferredOwners({ holders, waiting }),
      Array<undefined>(shards).fill(undefined),
    ),
  );

const presentIn = (owners: Owners): readonly string[] =>
  [...new Set(owners)].filter((one) => one !== undefined);
const countOf = (member: string, owners: Owners): number => owners.filter((one) => one === member).length;

describe('who should hold each shard', () => {
  test('nobody is there: nobody', () => {
    expect(preferredOwners({ holders: [undefined, undefined], waiting: undefined })).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('one alone: all of them', () => {
    expect(preferredOwners({ holders: [undefined, undefined, undefined], waiting: 'a' })).toEqual([
      'a',
      'a',
      'a',
    ]);
  });

  test('whatever the Leases say: each shard has one who is there, and shares differ by one at most', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const there = new Set([...state.holders, state.waiting].filter((one) => one !== undefined));
        const owners = preferredOwners(state);
        expect(owners).toHaveLength(state.holders.length);
        if (there.size === 0) return;
        expect(owners.every((one) => one !== undefined && there.has(one))).toBe(true);
        const counts = [...there].map((one) => countOf(one, owners));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('whatever the Leases say: once it is so, it stays so', () => {
    fc.assert(
      fc.property(anyState, (state) => {
        const owners = preferredOwners(state);
        const waiting =
          state.waiting !== undefined && owners.includes(state.waiting) ? undefined : state.waiting;
        expect(preferredOwners({ holders: owners, waiting })).toEqual(owners);
      }),
    );
  });

  test('step by step, in whatever order the steps come: the Leases come to rest', () => {
    fc.assert(
      fc.property(anyState, fc.infiniteStream(fc.nat()), ({ holders, waiting }, dice) => {
        const leases = [...holders];
        const lacksShard = (): string | undefined =>
          waiting === undefined || leases.includes(waiting) ? undefined : waiting;
        // Each shard is handed over once and taken once, and the odd ones may go round once more.
        for (let step = 0; step <= 4 * leases.length; step += 1) {
          const owners = preferredOwners({ holders: leases, waiting: lacksShard() });
          const unsettled = [...leases.keys()].filter((shard) => leases[shard] !== owners[shard]);
          if (unsettled.length === 0) return;
          const shard = unsettled[dice.next().value! % unsettled.length];
          leases[shard] = leases[shard] === undefined ? owners[shard] : undefined;
        }
        expect.fail(`still moving: ${JSON.stringify(leases)}`);
      }),
    );
  });

  test('a newcomer takes its share from the others, and nothing moves between them', () => {
    fc.assert(
      fc.property(settled, (holders) => {
        const waiting = 'newcomer_0000';
        const owners = preferredOwners({ holders, waiting });
        const moved = owners.filter((owner, shard) => owner !== holders[shard]);
        expect(moved.every((owner) => owner === waiting)).toBe(true);
        expect(moved).toHaveLength(Math.floor(holders.length / (presentIn(holders).length + 1)));
      }),
    );
  });

  test('what somebody held who is gone goes to those who stay, and nothing else moves', () => {
    fc.assert(
      fc.property(settled, fc.nat(), (before, pick) => {
        const there = presentIn(before);
        fc.pre(there.length > 1);
        const gone = there[pick % there.length];
        const holders = before.map((holder) => (holder === gone ? undefined : holder));
        const owners = preferredOwners({ holders, waiting: undefined });
        for (const [shard, owner] of owners.entries())
          if (before[shard] !== gone) expect(owner).toBe(before[shard]);
      }),
    );
  });
});
