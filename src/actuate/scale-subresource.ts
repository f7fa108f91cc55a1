import type { Leadership } from '../domain/lease.ts';
import { workloadKey, type WorkloadRef } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import { createReplicaLedger } from './replica-ledger.ts';
import { judgedVersion, stillStands, versionOf } from './judged-version.ts';
import { isRollingOut, newestRollout, readyReplicas } from './rollout-state.ts';
import type { ScaleApi, ScaleTarget, ScaleWrite } from './scale-api.ts';
import { NOT_LEADER, type Scaler, type Written } from './scaler.ts';

export interface ScaleSubresourceDeps {
  readonly api: ScaleApi;
  readonly leadership: Leadership;
  /** What forbids to write this target (another autoscaler), in one sentence; undefined: nothing. */
  readonly refusal: (policy: Policy) => string | undefined;
}

export interface ScaleSubresourceScaler extends Scaler {
  /** Of a workload that is no longer looked after: what others do to it is no change to whoever comes back. */
  forget(workload: WorkloadRef): void;
}

/**
 * A scaler that reads and writes a target's `scale` subresource. It writes for `mode: Scale` alone, where nothing else
 * scales the target, as the leader alone (asked again just before the write), and only what it judged: each write
 * carries the version that was read. Where that is the newest no more, as a pod has become ready since, and what was
 * judged by is as it was, the newest version is written at. A write whose answer does not come may have been made (an API
 * server whose client has gone goes on with what it has begun): the reads after it tell.
 */
export function createScaleSubresourceScaler({
  api,
  leadership,
  refusal,
}: ScaleSubresourceDeps): ScaleSubresourceScaler {
  const ledger = createReplicaLedger();
  return {
    async read(policy, _nowMs, signal) {
      const reading = await api.read(targetOf(policy), signal);
      const { specReplicas, statusReplicas, otherOwners, object } = reading;
      const { podSelector: selector, replicasSetAtMs: countSetAtMs } = reading;
      const rollout = newestRollout(object);
      const [key, seen] = [workloadKey(policy.workload), { replicas: specReplicas, otherOwners }];
      const writtenLateFrom = ledger.reachedFrom(key, seen);
      const changedElsewhere = ledger.seen(key, seen);
      return {
        currentReplicas: specReplicas,
        readyReplicas: Math.min(readyReplicas(object, statusReplicas), specReplicas),
        rollingOut: isRollingOut(object),
        ...(rollout && { rollout }),
        version: judgedVersion(reading),
        ...(writtenLateFrom !== undefined && { writtenLateFrom }),
        ...(changedElsewhere && { changedElsewhere }),
        ...(selector !== null && { pods: { selector, countSetAtMs } }),
      };
    },
    async write({ policy, toReplicas, version }, signal) {
      const forbidden = forbiddenBy(policy);
      if (forbidden) return forbidden;
      const write = (resourceVersion: string): Promise<ScaleWrite> =>
        api.write(targetOf(policy), { replicas: toReplicas, resourceVersion }, signal);
      let written = await write(versionOf(version));
      if (written.kind === 'conflict') {
        const newest = await newestWhereJudged(policy, version, signal);
        const overtaken = forbiddenBy(policy);
        if (overtaken) return overtaken;
        if (newest !== undefined) written = await write(newest);
      }
      const key = workloadKey(policy.workload);
      if (written.kind === 'failed' && written.isUnanswered) ledger.mayHaveWritten(key, toReplicas);
      if (written.kind !== 'applied') return { result: written.kind, message: written.message };
      ledger.wrote(key, toReplicas);
      return { result: 'applied', message: `asked for ${toReplicas}` };
    },
    forget: (workload) => ledger.forget(workloadKey(workload)),
  };

  /** undefined: the target is not what was judged any more, or nobody can tell. */
  async function newestWhereJudged(
    policy: Policy,
    version: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const newest = await api.readNow(targetOf(policy), signal).catch(() => undefined);
    return newest && stillStands(version, newest) ? newest.resourceVersion : undefined;
  }

  function forbiddenBy(policy: Policy): Written | undefined {
    if (policy.mode !== 'Scale')
      return { result: 'dryRun', message: `mode is ${policy.mode}: the target is not written` };
    const refused = refusal(policy);
    if (refused !== undefined) return { result: 'refused', message: refused };
    return leadership.isLeader(policy.workload) ? undefined : NOT_LEADER;
  }
}

export function targetOf({ workload, target }: Policy): ScaleTarget {
  return { namespace: workload.namespace, ...target };
}
