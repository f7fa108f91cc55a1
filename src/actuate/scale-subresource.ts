import type { Leadership } from '../domain/lease.ts';
import type { Policy } from '../policy/policy.ts';
import { isRollingOut, readyReplicas } from './rollout-state.ts';
import type { ScaleApi, ScaleTarget } from './scale-api.ts';
import type { Scaler } from './scaler.ts';

export interface ScaleSubresourceDeps {
  readonly api: ScaleApi;
  readonly leadership: Leadership;
}

/**
 * A scaler that reads and writes a target's `scale` subresource. It writes for `mode: Scale` alone, as the leader alone
 * (asked again just before the write), and only what it judged: each write carries the version that was read.
 */
export function createScaleSubresourceScaler({ api, leadership }: ScaleSubresourceDeps): Scaler {
  return {
    async read(policy, _nowMs, signal) {
      const { specReplicas, statusReplicas, resourceVersion, object } = await api.read(
        targetOf(policy),
        signal,
      );
      return {
        currentReplicas: specReplicas,
        readyReplicas: Math.min(readyReplicas(object, statusReplicas), specReplicas),
        rollingOut: isRollingOut(object),
        version: resourceVersion,
      };
    },
    async write({ policy, toReplicas, version }, signal) {
      if (policy.mode !== 'Scale')
        return { result: 'dryRun', message: `mode is ${policy.mode}: the target is not written` };
      if (!leadership.isLeader())
        return {
          result: 'notLeader',
          message: 'this replica of the controller does not lead: nothing is written',
        };
      const change = { replicas: toReplicas, resourceVersion: version };
      const written = await api.write(targetOf(policy), change, signal);
      return written.kind === 'applied'
        ? { result: 'applied', message: `asked for ${toReplicas}` }
        : { result: written.kind, message: written.message };
    },
  };
}

function targetOf({ workload, target }: Policy): ScaleTarget {
  return { namespace: workload.namespace, ...target };
}
