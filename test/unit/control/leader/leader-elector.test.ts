import { setMaxListeners } from 'node:events';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLeaderElector, type LeaderElector } from '../../../../src/control/leader/leader-elector.ts';
import { DEFAULT_LEASE_PARAMS } from '../../../../src/control/leader/next-lease-action.ts';
import type { LeaseRecord, LeaseStore, StoredLease } from '../../../../src/domain/lease.ts';

/** A store in memory that can be made to fail, and a world of candidates whose clocks tick together, step by step. */
function createWorld(random: () => number = () => 0.5) {
  let stored: StoredLease | undefined;
  let version = 0;
  let nowMs = 0;
  const sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  const unreachableFor = new Set<string>();
  const unfit = new Map<string, string>();

  const storeFor = (identity: string): LeaseStore => ({
    read() {
      if (unreachableFor.has(identity)) return Promise.reject(new Error('no answer'));
      return Promise.resolve(stored);
    },
    write(record: LeaseRecord, expected) {
      if (unreachableFor.has(identity)) return Promise.reject(new Error('no answer'));
      if (expected !== stored?.version) return Promise.resolve({ kind: 'lost' });
      version += 1;
      stored = { record, version: String(version) };
      return Promise.resolve({ kind: 'written', version: stored.version });
    },
  });

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
  };

  return {
    record: () => stored?.record,
    removeRecord: () => void (stored = undefined),
    cutOff: (identity: string) => void unreachableFor.add(identity),
    reconnect: (identity: string) => void unreachableFor.delete(identity),
    makeUnfit: (identity: string, because: string) => void unfit.set(identity, because),
    makeFit: (identity: string) => void unfit.delete(identity),
    /** `skewMs`: how far its wall clock is off. */
    join(identity: string, skewMs = 0) {
      const stop = new AbortController();
      setMaxListeners(0, stop.signal);
      const told: boolean[] = [];
      const faults: string[] = [];
      const elector = createLeaderElector({
        store: storeFor(identity),
        clock: {
          nowMs: () => nowMs + skewMs,
          monotonicMs: () => nowMs,
          sleep: (seconds, signal) =>
            new Promise((wake) => {
              sleepers.push({ untilMs: nowMs + seconds * 1000, wake });
              signal.addEventListener('abort', () => wake());
            }),
        },
        random,
        identity,
        params: DEFAULT_LEASE_PARAMS,
        onChange: (isLeader) => told.push(isLeader),
        onFault: (message) => faults.push(message),
        unfitBecause: () => unfit.get(identity),
      });
      const ended = elector.run(stop.signal);
      return { elector, told, faults, stop: () => (stop.abort(), ended) };
    },
    /** Moves time on in steps of 0.1 s; `watch` is called after each. */
    async pass(seconds: number, watch: () => void = () => undefined): Promise<void> {
      for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
        nowMs += 100;
        const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
        for (const sleeper of due) {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          sleeper.wake();
        }
        await settle();
        watch();
      }
    },
    nowMs: () => nowMs,
  };
}

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const leaders = (...electors: LeaderElector[]): number => electors.filter((one) => one.isLeader()).length;

describe('leader election', () => {
  test('the first leads, the others know who does', async () => {
    const world = createWorld();
    const a = world.join('a');
    await world.pass(1);
    const b = world.join('b');
    await world.pass(60);
    expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([true, false]);
    expect(b.elector.leader()).toBe('a');
    expect([a.told, b.told]).toEqual([[true], []]);
  });

  test('a leader that cannot renew stops before another may start, and the other starts in time', async () => {
    const world = createWorld();
    const a = world.join('a');
    await world.pass(1);
    const b = world.join('b', 5 * 60_000);
    await world.pass(30);
    world.cutOff('a');
    const cutOffAtMs = world.nowMs();
    let gainedAtMs = 0;
    let lostAtMs = 0;
    await world.pass(40, () => {
      expect(leaders(a.elector, b.elector)).toBeLessThanOrEqual(1);
      if (lostAtMs === 0 && !a.elector.isLeader()) lostAtMs = world.nowMs();
      if (gainedAtMs === 0 && b.elector.isLeader()) gainedAtMs = world.nowMs();
    });
    expect(lostAtMs - cutOffAtMs).toBeLessThanOrEqual(10_000);
    expect(gainedAtMs - lostAtMs).toBeGreaterThanOrEqual(5000 - 100);
    expect(gainedAtMs - cutOffAtMs).toBeLessThanOrEqual((15 + 2 * 2) * 1000);
    expect(world.record()?.transitions).toBe(1);
  });

  test('whenever the leader dies and however the tries fall, another leads within the lease and two retries', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 40 }),
        fc.array(unit, { minLength: 1 }),
        async (after, dice) => {
          let thrown = 0;
          const world = createWorld(() => dice[(thrown += 1) % dice.length]);
          const a = world.join('a');
          await world.pass(1);
          const b = world.join('b');
          await world.pass(10 + after / 10);
          world.cutOff('a');
          await world.pass(15 + 2 * 2);
          expect([a.elector.isLeader(), b.elector.isLeader()]).toEqual([false, true]);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('one that comes back finds that it no longer leads', async () => {
    const world = createWorld();
    const a = world.join('a');
    await world.pass(1);
    const b = world.join('b');
    world.cutOff('a');
    await world.pass(30);
    world.reconnect('a');
    await world.pass(30, () => expect(a.elector.isLeader()).toBe(false));
    expect(b.elector.isLeader()).toBe(true);
    expect(a.told).toEqual([true, false]);
  });

  test('a graceful stop gives the lease back: the next leads within a retry period', async () => {
    const world = createWorld();
    const a = world.join('a');
    await world.pass(1);
    const b = world.join('b');
    await world.pass(10);
    await a.stop();
    expect(a.elector.isLeader()).toBe(false);
    await world.pass(2 * 1.25 + 0.1);
    expect(b.elector.isLeader()).toBe(true);
  });

  test('a leader that is unfit stops at once, the other starts when its lease has run out, and that is told once', async () => {
    const world = createWorld();
    const a = world.join('a');
    await world.pass(1);
    const b = world.join('b');
    await world.pass(10);
    world.makeUnfit('a', 'its clock is off');
    const unfitAtMs = world.nowMs();
    let lostAtMs = 0;
    let gainedAtMs = 0;
    await world.pass(40, () => {
      expect(leaders(a.elector, b.elector)).toBeLessThanOrEqual(1);
      if (lostAtMs === 0 && !a.elector.isLeader()) lostAtMs = world.nowMs();
      if (gainedAtMs === 0 && b.elector.isLeader()) gainedAtMs = world.nowMs();
    });
    expect(lostAtMs - unfitAtMs).toBeLessThanOrEqual(2100);
    expect(gainedAtMs - lostAtMs).toBeGreaterThanOrEqual(12_000);
    expect(gainedAtMs - unfitAtMs).toBeLessThanOrEqual((15 + 2 * 2) * 1000);
    expect(a.faults).toEqual(['its clock is off']);
  });

  test('nobody leads while all are unfit, and one does once it is not', async () => {
    const world = createWorld();
    world.makeUnfit('a', 'its clock is off');
    const a = world.join('a');
    await world.pass(60, () => expect(a.elector.isLeader()).toBe(false));
    expect(world.record()).toBeUndefined();
    world.makeFit('a');
    await world.pass(10);
    expect(a.elector.isLeader()).toBe(true);
  });

  test('who does not lead gives nothing back', async () => {
    const world = createWorld();
    world.join('a');
    await world.pass(1);
    const b = world.join('b');
    await world.pass(10);
    await b.stop();
    expect(world.record()?.holderIdentity).toBe('a');
  });

  test('a record that somebody deleted is written again, by one leader', async () => {
    const world = createWorld();
    const a = world.join('a');
    await world.pass(1);
    const b = world.join('b');
    await world.pass(10);
    world.removeRecord();
    await world.pass(60);
    expect(leaders(a.elector, b.elector)).toBe(1);
  });
});
