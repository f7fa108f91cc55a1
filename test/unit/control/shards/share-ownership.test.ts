import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createShardWorld, writersOf, type Replica } from './shard-world.ts';

const ONE_EACH = [1, 1, 1, 1, 1, 1];
/** Lease duration, two retries, and who tries next at random. */
const TAKE_OVER_SECONDS = 15 + 2 * 2;
const SETTLE_SECONDS = 25;

async function settledWorld(...identities: string[]) {
  const world = createShardWorld();
  const replicas: Replica[] = [];
  for (const identity of identities) {
    replicas.push(world.join(identity));
    await world.pass(SETTLE_SECONDS, () => expectOneWriter(replicas));
  }
  return { world, replicas };
}

function expectOneWriter(replicas: readonly Replica[]): void {
  const writers = writersOf(replicas);
  if (writers.some((count) => count > 1)) expect.fail(`writers for each shard: ${writers.join(', ')}`);
}

const countsOf = (replicas: readonly Replica[]): readonly number[] =>
  replicas.map((one) => one.held().length);

describe('workloads shared out among replicas', () => {
  test('one alone has all shards within ten seconds', async () => {
    const world = createShardWorld();
    const a = world.join('a');
    await world.pass(10);
    expect(a.held()).toHaveLength(6);
    expect(a.ownership.shards()).toEqual({ held: 6, all: 6 });
  });

  test('each that joins gets its share, and is told where the others are', async () => {
    const { replicas } = await settledWorld('a', 'b', 'c');
    expect(countsOf(replicas)).toEqual([2, 2, 2]);
    expect(writersOf(replicas)).toEqual(ONE_EACH);
    expect(replicas[0].ownership.otherUrls()?.toSorted()).toEqual(['http://b', 'http://c']);
  });

  test('three that start at once come to rest with two each', async () => {
    const world = createShardWorld();
    const replicas = ['a', 'b', 'c'].map((one) => world.join(one));
    await world.pass(SETTLE_SECONDS, () => expectOneWriter(replicas));
    expect(countsOf(replicas)).toEqual([2, 2, 2]);
  });

  test('of seven replicas for six shards one waits, and is the next', async () => {
    const { world, replicas } = await settledWorld('a', 'b', 'c', 'd', 'e', 'f', 'g');
    expect(countsOf(replicas)).toEqual([1, 1, 1, 1, 1, 1, 0]);
    world.cutOff('c');
    await world.pass(TAKE_OVER_SECONDS, () => expectOneWriter(replicas));
    expect(countsOf(replicas)).toEqual([1, 1, 0, 1, 1, 1, 1]);
  });

  test('one that is gone: its shards alone move, within the lease and two retries', async () => {
    const { world, replicas } = await settledWorld('a', 'b', 'c');
    const [a, b] = replicas.map((one) => one.held());
    world.cutOff('c');
    await world.pass(TAKE_OVER_SECONDS, () => expectOneWriter(replicas));
    expect(countsOf(replicas)).toEqual([3, 3, 0]);
    expect(replicas[0].held()).toEqual(expect.arrayContaining([...a]));
    expect(replicas[1].held()).toEqual(expect.arrayContaining([...b]));
  });

  test('one that stops gives its shards back: the others have them within two retries', async () => {
    const { world, replicas } = await settledWorld('a', 'b', 'c');
    await replicas[2].stop();
    await world.pass(5);
    expect(countsOf(replicas)).toEqual([3, 3, 0]);
  });

  test('nothing is handed over while a write is under way, and no new one may begin', async () => {
    const { world, replicas } = await settledWorld('a');
    const [a] = replicas;
    a.isBusy = true;
    const b = world.join('b');
    await world.pass(12, () => expectOneWriter([a, b]));
    expect(countsOf([a, b])).toEqual([3, 0]);
    a.isBusy = false;
    await world.pass(5, () => expectOneWriter([a, b]));
    expect(countsOf([a, b])).toEqual([3, 3]);
  });

  test('a store that answers nobody for two minutes: afterwards each has what it had', async () => {
    const { world, replicas } = await settledWorld('a', 'b', 'c');
    const before = replicas.map((one) => one.held());
    world.cutOff('a', 'b', 'c');
    await world.pass(120);
    expect(countsOf(replicas)).toEqual([0, 0, 0]);
    expect(replicas.filter(({ ownership }) => ownership.attends('shop'))).toHaveLength(1);
    world.reconnect('a', 'b', 'c');
    await world.pass(10, () => expectOneWriter(replicas));
    expect(replicas.map((one) => one.held())).toEqual(before);
  });

  test('at rest: one write for each shard, and one of each replica for all, in a retry period', async () => {
    const { world } = await settledWorld('a', 'b', 'c');
    const before = world.writes();
    await world.pass(60);
    expect((world.writes() - before) / 30).toBeLessThanOrEqual(6 + 3 + 1);
  });

  test('replicas that know another number of shards wait until the last of the others is gone', async () => {
    const { world, replicas } = await settledWorld('a', 'b');
    const single = world.join('single', 1);
    const never = (): void => expect([single.held().length]).toEqual([0]);
    await world.pass(SETTLE_SECONDS, never);
    await replicas[0].stop();
    await world.pass(SETTLE_SECONDS, never);
    expect(replicas[1].held()).toHaveLength(6);
    await replicas[1].stop();
    await world.pass(TAKE_OVER_SECONDS);
    expect(single.held()).toHaveLength(6);
    const late = world.join('late', 6);
    await world.pass(SETTLE_SECONDS);
    expect(late.held()).toHaveLength(0);
  });

  test('whoever comes, goes, is cut off or comes back: a shard never has two who may write', async () => {
    const event = fc.record({
      who: fc.nat({ max: 3 }),
      what: fc.constantFrom('cutOff' as const, 'reconnect' as const, 'busy' as const, 'quiet' as const),
      thenSeconds: fc.integer({ min: 1, max: 12 }),
    });
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 8 }),
        fc.array(unit, { minLength: 1 }),
        async (events, dice) => {
          let thrown = 0;
          const world = createShardWorld(() => dice[(thrown += 1) % dice.length]);
          const replicas = [6, 6, 6, 1].map((shards, index) => world.join(`r${index}`, shards));
          for (const { who, what, thenSeconds } of events) {
            if (what === 'cutOff' || what === 'reconnect') world[what](`r${who}`);
            else replicas[who].isBusy = what === 'busy';
            await world.pass(thenSeconds, () => expectOneWriter(replicas));
          }
          world.reconnect(...replicas.map((one) => one.identity));
          for (const one of replicas) one.isBusy = false;
          await world.pass(2 * SETTLE_SECONDS, () => expectOneWriter(replicas));
          expect(writersOf(replicas)).toEqual(ONE_EACH);
        },
      ),
      { numRuns: 6 },
    );
  }, 60_000);
});
