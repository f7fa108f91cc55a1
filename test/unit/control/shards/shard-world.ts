/** A cluster's Leases in memory, and replicas whose clocks tick together, step by step. */
import { setMaxListeners } from 'node:events';
import { createLeaderElector } from '../../../../src/control/leader/leader-elector.ts';
import { DEFAULT_LEASE_PARAMS } from '../../../../src/control/leader/next-lease-action.ts';
import { soleOwnership, type Ownership } from '../../../../src/control/shards/ownership.ts';
import { shardOf } from '../../../../src/control/shards/shard-of.ts';
import { shareOwnership } from '../../../../src/control/shards/share-ownership.ts';
import type { LeaseStore, StoredLease } from '../../../../src/domain/lease.ts';

export interface Replica {
  readonly identity: string;
  readonly ownership: Ownership;
  /** Shards that it may write for. */
  held(): readonly number[];
  /** Whether a write of it is under way. */
  isBusy: boolean;
  stop(): Promise<void>;
}

const STEP_MS = 200;
const TURNS = 20;

/** One namespace of each of six shards. */
const NAMESPACES = Array.from({ length: 6 }, (_, shard) => {
  const name = Array.from({ length: 1000 }, (__, index) => `team-${index}`).find(
    (one) => shardOf(one, 6) === shard,
  );
  return { namespace: name!, name: 'web' };
});

export function createShardWorld(random: () => number = () => 0.5) {
  const leases = new Map<string, StoredLease>();
  const unreachableFor = new Set<string>();
  let sleepers: { readonly untilMs: number; readonly wake: () => void }[] = [];
  let version = 0;
  let nowMs = 0;
  let writes = 0;

  const storeFor = (identity: string, lease: string): LeaseStore => ({
    read() {
      if (unreachableFor.has(identity)) return Promise.reject(new Error('no answer'));
      return Promise.resolve(leases.get(lease));
    },
    write(record, expected) {
      if (unreachableFor.has(identity)) return Promise.reject(new Error('no answer'));
      if (expected !== leases.get(lease)?.version) return Promise.resolve({ kind: 'lost' });
      version += 1;
      writes += 1;
      leases.set(lease, { record, version: String(version) });
      return Promise.resolve({ kind: 'written', version: String(version) });
    },
  });

  const sleep = (seconds: number, signal: AbortSignal): Promise<void> =>
    new Promise((wake) => {
      sleepers.push({ untilMs: nowMs + seconds * 1000, wake });
      signal.addEventListener('abort', () => wake());
    });

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
  };

  const ownershipOf = (identity: string, shards: number, isQuiet: () => boolean): Ownership => {
    const deps = {
      clock: { nowMs: () => nowMs, monotonicMs: () => nowMs, sleep },
      random,
      identity,
      url: `http://${identity}`,
      params: DEFAULT_LEASE_PARAMS,
      onChange: () => undefined,
      onFault: () => undefined,
    };
    const storeOf = (suffix: string): LeaseStore => storeFor(identity, suffix);
    return shards === 1
      ? soleOwnership(createLeaderElector({ ...deps, store: storeOf('') }))
      : shareOwnership({ ...deps, shards, storeOf, isQuiet });
  };

  return {
    nowMs: () => nowMs,
    writes: () => writes,
    cutOff: (...identities: string[]) => identities.forEach((one) => unreachableFor.add(one)),
    reconnect: (...identities: string[]) => identities.forEach((one) => unreachableFor.delete(one)),
    join(identity: string, shards = 6): Replica {
      const stop = new AbortController();
      setMaxListeners(0, stop.signal);
      const replica: Replica = {
        identity,
        isBusy: false,
        ownership: ownershipOf(identity, shards, () => !replica.isBusy),
        held: (): readonly number[] =>
          [...NAMESPACES.keys()].filter((shard) => replica.ownership.isLeader(NAMESPACES[shard])),
        stop: async () => {
          stop.abort();
          await ended;
        },
      };
      const ended = replica.ownership.run(stop.signal);
      return replica;
    },
    /** Moves time on, step by step; `watch` is called after each. */
    async pass(seconds: number, watch: () => void = () => undefined): Promise<void> {
      for (const endMs = nowMs + seconds * 1000; nowMs < endMs;) {
        nowMs += STEP_MS;
        const due = sleepers.filter(({ untilMs }) => untilMs <= nowMs);
        sleepers = sleepers.filter(({ untilMs }) => untilMs > nowMs);
        for (const { wake } of due) wake();
        await settle();
        watch();
      }
    },
  };
}

/** How many may write for each of the six shards. */
export function writersOf(replicas: readonly Replica[]): readonly number[] {
  const held = replicas.flatMap((one) => one.held());
  return [...NAMESPACES.keys()].map((shard) => held.filter((one) => one === shard).length);
}
