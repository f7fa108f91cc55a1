import type { SeenPod } from '../domain/startup-time.ts';
import { bodyOf } from './api-answer.ts';
import type { ApiClient } from './api-client.ts';
import { resourcePath, type KubernetesObject } from './kubernetes-object.ts';

export interface PodsOfTarget {
  readonly namespace: string;
  /** As the scale subresource tells it; never empty, which would be every pod there is. */
  readonly selector: string;
}

interface PodPage {
  readonly metadata: { readonly continue?: string };
  readonly items: readonly Pod[];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly lastTransitionTime?: string | null;
}

interface ContainerStatus {
  readonly restartCount?: number;
  readonly state?: { readonly waiting?: { readonly reason?: string } };
}

interface Pod extends KubernetesObject {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly Condition[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

const PAGE_ITEMS = 500;
/** Names of pods are random: the first pages are as good as any. Nothing of a page is kept but what is answered. */
const MOST_PAGES = 4;

/** The pods of a target that are to stay, at most 2,000 of them. Throws where they cannot be read. */
export async function readPods(
  client: ApiClient,
  { namespace, selector }: PodsOfTarget,
  signal: AbortSignal,
): Promise<readonly SeenPod[]> {
  const path = resourcePath('v1', 'pods', namespace);
  const seen: SeenPod[] = [];
  let token = '';
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const query = {
      labelSelector: selector,
      limit: String(PAGE_ITEMS),
      ...(token !== '' && { continue: token }),
    };
    const page = bodyOf<PodPage>(await client.call({ method: 'GET', path, query }, signal), `list ${path}`);
    seen.push(...page.items.filter(isToStay).map(seenPod));
    token = page.metadata.continue ?? '';
    if (token === '') break;
  }
  return seen;
}

function isToStay({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && !['Failed', 'Succeeded'].includes(status?.phase ?? '');
}

export function seenPod({ metadata, status = {} }: Pod): SeenPod {
  const sinceMs = (type: string): number | null => {
    const condition = status.conditions?.find((one) => one.type === type);
    return condition?.status === 'True' ? Date.parse(condition.lastTransitionTime ?? '') : null;
  };
  return {
    uid: metadata.uid ?? metadata.name,
    createdAtMs: Date.parse(metadata.creationTimestamp ?? ''),
    scheduledAtMs: sinceMs('PodScheduled'),
    readyAtMs: sinceMs('Ready'),
    isDisturbed: isDisturbed(status),
  };
}

/** What a container waits for where nothing is amiss. */
const USUAL_WAITS: readonly (string | undefined)[] = ['ContainerCreating', 'PodInitializing', undefined];

function isDisturbed({
  containerStatuses = [],
  initContainerStatuses = [],
}: NonNullable<Pod['status']>): boolean {
  return [...initContainerStatuses, ...containerStatuses].some(
    ({ restartCount = 0, state }) => restartCount > 0 || !USUAL_WAITS.includes(state?.waiting?.reason),
  );
}
