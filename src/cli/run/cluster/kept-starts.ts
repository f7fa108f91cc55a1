import type { KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import type { StartupRecord } from '../../../domain/startup-time.ts';
import type { StartupStatus } from '../../../explain/status-of.ts';
import type { Policy } from '../../../policy/policy.ts';

/** A target by kind and name, as the status says whose starts it keeps. */
export function targetName({ target }: Policy): string {
  return `${target.kind}/${target.name}`;
}

/**
 * What the status of a policy's object keeps of the starts of its target; undefined where it keeps none, those of another
 * target, or nothing that can be read: whoever may write a status must not be able to stop the controller with it.
 */
export function keptStarts(policy: Policy, object: KubernetesObject | undefined): StartupRecord | undefined {
  const { startup } = (object?.status ?? {}) as { readonly startup?: StartupStatus };
  if (startup?.target !== targetName(policy)) return undefined;
  const recentSeconds = (startup.recentSeconds ?? []).filter(
    (seconds) => Number.isFinite(seconds) && seconds >= 0,
  );
  const newestPodAtMs = Date.parse(startup.newestPodAt ?? '');
  return Number.isNaN(newestPodAtMs) ? undefined : { recentSeconds, newestPodAtMs };
}
