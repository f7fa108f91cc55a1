import { MS_PER_SECOND } from '../domain/clock.ts';
import { workloadKey, type WorkloadRef } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import type { ReplicaStatus, Scaler } from './scaler.ts';

/** What a recording says ran at an instant. */
export interface RecordedReplicas {
  readonly replicas: number;
  /** null where the recording has no such column: then all that ran counts as ready. */
  readonly readyReplicas: number | null;
}

export interface DryRunDeps {
  /** undefined where the recording says nothing (any more): the last that it said stays, if it ever said anything. */
  readonly recorded: (workload: WorkloadRef, nowMs: number) => RecordedReplicas | undefined;
  /**
   * The count that a workload without recorded replicas starts with, all ready; undefined while it cannot be told.
   * Starting with minReplicas under a load that needs forty would begin each play with an outage that never was.
   */
  readonly startReplicas: (policy: Policy, nowMs: number) => number | undefined;
}

/** Replicas asked for at one time, that become ready together. */
interface Batch {
  readonly replicas: number;
  readonly readyAtMs: number;
}

/**
 * A scaler that writes nothing to the world. Where the recording has replica columns they are what runs, whatever is
 * decided; elsewhere the workload follows the decisions: new replicas are ready after the policy's start-up time,
 * removed ones go at once, the youngest first (a ReplicaSet removes unready pods before ready ones).
 */
export function createDryRunScaler(deps: DryRunDeps): Scaler {
  const recordedLast = new Map<string, RecordedReplicas>();
  const followed = new Map<string, readonly Batch[]>();
  return {
    read(policy, nowMs) {
      const key = workloadKey(policy.workload);
      const recorded = deps.recorded(policy.workload, nowMs) ?? recordedLast.get(key);
      if (recorded) {
        recordedLast.set(key, recorded);
        return Promise.resolve(statusOfRecorded(recorded));
      }
      const started = followed.get(key) ?? firstBatch(deps, policy, nowMs);
      if (started) followed.set(key, started);
      return Promise.resolve(
        statusOfBatches(started ?? [{ replicas: policy.minReplicas, readyAtMs: nowMs }], nowMs),
      );
    },
    write({ policy, toReplicas, nowMs }) {
      const key = workloadKey(policy.workload);
      if (recordedLast.has(key))
        return Promise.resolve({ result: 'dryRun', message: 'what ran is recorded; nothing is written' });
      const readyAtMs = nowMs + policy.capacity.startupSeconds * MS_PER_SECOND;
      const before = followed.get(key) ?? [{ replicas: policy.minReplicas, readyAtMs: nowMs }];
      followed.set(key, changedTo(before, toReplicas, nowMs, readyAtMs));
      return Promise.resolve({ result: 'dryRun', message: 'nothing is written; the dry run follows' });
    },
  };
}

function firstBatch(deps: DryRunDeps, policy: Policy, nowMs: number): readonly Batch[] | undefined {
  const replicas = deps.startReplicas(policy, nowMs);
  return replicas === undefined ? undefined : [{ replicas, readyAtMs: nowMs }];
}

function statusOfRecorded({ replicas, readyReplicas }: RecordedReplicas): ReplicaStatus {
  return {
    currentReplicas: replicas,
    readyReplicas: Math.min(readyReplicas ?? replicas, replicas),
    rollingOut: false,
    version: 'recorded',
  };
}

function statusOfBatches(batches: readonly Batch[], nowMs: number): ReplicaStatus {
  const ready = batches.filter((batch) => batch.readyAtMs <= nowMs);
  return {
    currentReplicas: total(batches),
    readyReplicas: total(ready),
    rollingOut: false,
    version: 'dry-run',
  };
}

function total(batches: readonly Batch[]): number {
  return batches.reduce((sum, batch) => sum + batch.replicas, 0);
}

/** The batches after a change to `toReplicas`, oldest first; those ready by now are one, so that the list stays short. */
function changedTo(
  before: readonly Batch[],
  toReplicas: number,
  nowMs: number,
  readyAtMs: number,
): readonly Batch[] {
  const ready = total(before.filter((batch) => batch.readyAtMs <= nowMs));
  const batches = [
    { replicas: ready, readyAtMs: nowMs },
    ...before.filter((batch) => batch.readyAtMs > nowMs),
  ];
  const added = toReplicas - total(batches);
  if (added > 0) return [...batches, { replicas: added, readyAtMs }];
  const kept: Batch[] = [];
  let room = toReplicas;
  for (const batch of batches) {
    if (room <= 0) break;
    kept.push({ ...batch, replicas: Math.min(batch.replicas, room) });
    room -= batch.replicas;
  }
  return kept;
}
