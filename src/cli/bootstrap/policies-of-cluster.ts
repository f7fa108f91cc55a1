import { createApiClient } from '../../cluster/api-client.ts';
import { autoscalersPath } from '../../cluster/autoscaler-status.ts';
import { loadConnection } from '../../cluster/cluster-connection.ts';
import { objectKey, type KubernetesObject } from '../../cluster/kubernetes-object.ts';
import { listObjects } from '../../cluster/list-objects.ts';
import { createSystemClock } from '../../control/clocks/system-clock.ts';
import { PrescaleError } from '../../domain/errors.ts';
import type { Policy } from '../../policy/policy.ts';
import { policyOfObject } from '../run/cluster/policy-of-object.ts';

/** Which cluster, and which part of it. */
export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly namespace?: string;
}

/** Told of an object that asks for nothing valid: the controller tells the object itself. */
export type OnInvalid = (name: string, message: string) => void;

/** Whatever a policy's calendar has to say: histories are what they are. */
const NO_EVENTS = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//prescale//EN\r\nEND:VCALENDAR\r\n';

/** As the cluster has them now. Throws `sourceUnavailable` where it cannot be asked, or has no such kind. */
export async function policiesOfCluster(
  flags: ClusterFlags,
  onInvalid: OnInvalid,
  stop: AbortSignal,
): Promise<readonly Policy[]> {
  const objects = await listed(flags, stop);
  return objects.flatMap((object) => {
    if (object.metadata.deletionTimestamp !== undefined) return [];
    const read = policyOfObject(object, () => NO_EVENTS);
    if (read.kind === 'policy') return [read.policy];
    onInvalid(objectKey(object), read.message);
    return [];
  });
}

async function listed(
  { kubeconfig, namespace }: ClusterFlags,
  stop: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const [connection, clock] = [loadConnection(kubeconfig), createSystemClock()];
  const client = createApiClient({ connection, clock, random: Math.random, userAgent: 'prescale' });
  try {
    const list = await listObjects(client, { path: autoscalersPath(namespace) }, stop);
    if (list !== undefined) return list.items;
  } catch (error) {
    throw new PrescaleError('sourceUnavailable', `the cluster: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    await client.close();
  }
  const message = 'The custom resource is not installed: prescale crd | kubectl apply -f -';
  throw new PrescaleError('sourceUnavailable', message);
}
