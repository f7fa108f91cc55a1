/** The kubelet of one Deployment: which pods there are, how far each has come, and what it uses. */
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import type { KubernetesObject } from '../../../src/cluster/kubernetes-object.ts';
import { must, NEVER } from '../harness/client.ts';

export type PodState = 'pending' | 'starting' | 'ready';

export interface PodLife {
  readonly name: string;
  state: PodState;
  /** Syncs: when it was seen first, and when it became ready. */
  readonly bornAt: number;
  readyAt: number;
  readonly startupSyncs: number;
}

export interface PodLives {
  /** Brings the pods that there are to where they stand at a sync, `atMs` being its time. */
  readonly reach: (pods: readonly KubernetesObject[], at: SyncTime) => Promise<readonly PodLife[]>;
}

export interface SyncTime {
  readonly sync: number;
  readonly atMs: number;
  readonly startupSyncs: number;
}

/** An image is pulled for so long; only then does the pod run. */
const PENDING_SYNCS = 2;
const LONG_AGO = '2026-01-01T00:00:00Z';

export function createPodLives(client: ApiClient): PodLives {
  const lives = new Map<string, PodLife>();
  return {
    async reach(pods, at) {
      const present = pods.map(({ metadata }) => {
        const known = lives.get(metadata.name) ?? born(metadata.name, at);
        lives.set(metadata.name, known);
        return known;
      });
      await Promise.all(present.map((life) => grow(client, life, at)));
      return present.map((life) => ({ ...life }));
    },
  };
}

/** Those of the beginning have been there for long. */
function born(name: string, { sync, startupSyncs }: SyncTime): PodLife {
  return {
    name,
    state: 'pending',
    bornAt: sync,
    readyAt: Infinity,
    startupSyncs: sync === 0 ? 0 : startupSyncs,
  };
}

async function grow(client: ApiClient, life: PodLife, { sync, atMs }: SyncTime): Promise<void> {
  const age = sync - life.bornAt;
  const now = new Date(atMs).toISOString();
  if (life.state !== 'ready' && age >= life.startupSyncs) {
    life.state = 'ready';
    life.readyAt = life.startupSyncs === 0 ? -Infinity : sync;
    await patch(client, life.name, life.startupSyncs === 0 ? running(LONG_AGO, true) : condition(now, true));
  } else if (life.state === 'pending' && age >= PENDING_SYNCS) {
    life.state = 'starting';
    await patch(client, life.name, running(now, false));
  }
}

function running(since: string, isReady: boolean): object {
  return { phase: 'Running', startTime: since, ...condition(since, isReady) };
}

function condition(lastTransitionTime: string, isReady: boolean): object {
  return { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime }] };
}

/** A pod may have been removed since it was listed. */
async function patch(client: ApiClient, name: string, status: object): Promise<void> {
  const path = `/api/v1/namespaces/shop/pods/${name}/status`;
  const call = {
    method: 'PATCH',
    path,
    contentType: 'strategicMergePatch',
    body: { status },
  } as const;
  const answer = await client.call(call, NEVER);
  const isGone = answer.kind === 'refused' && answer.status === 404;
  if (answer.kind !== 'ok' && !isGone) await must(client, call);
}
