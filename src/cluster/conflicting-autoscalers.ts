import type { Policy } from '../policy/policy.ts';
import type { KubernetesObject } from './kubernetes-object.ts';

/** Everything in the cluster that may scale something. */
export interface Autoscalers {
  readonly horizontalPodAutoscalers: readonly KubernetesObject[];
  readonly scaledObjects: readonly KubernetesObject[];
  readonly predictiveAutoscalers: readonly KubernetesObject[];
}

interface ScalingSpec {
  readonly mode?: string;
  readonly scaleTargetRef?: { readonly apiVersion?: string; readonly kind?: string; readonly name?: string };
}

/** `apps/v1` -> `apps`: versions of a kind are one object. */
const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';

/**
 * Who else scales the policy's target, in one sentence; undefined: nobody. `autoscalers`: all, or those of the target. A policy that only recommends is no
 * conflict. Of two PredictiveAutoscalers neither scales: whichever came first, somebody has to say which one is meant.
 * In mode Floor an HPA or a ScaledObject is what the policy works through, and no conflict.
 */
export function conflictWith(policy: Policy, autoscalers: Autoscalers): string | undefined {
  const found =
    (policy.mode === 'Floor' ? undefined : reactiveOn(policy, autoscalers)) ??
    named(
      'PredictiveAutoscaler',
      policy,
      autoscalers.predictiveAutoscalers.filter(isAnotherThatScales(policy)),
    );
  return (
    found &&
    `${found} scales ${policy.target.kind} ${policy.target.name} too: nothing is written until it is gone`
  );
}

function reactiveOn(policy: Policy, autoscalers: Autoscalers): string | undefined {
  return (
    named('HorizontalPodAutoscaler', policy, autoscalers.horizontalPodAutoscalers) ??
    named('ScaledObject', policy, autoscalers.scaledObjects)
  );
}

function isAnotherThatScales({ workload }: Policy): (object: KubernetesObject) => boolean {
  return ({ metadata, spec }) =>
    metadata.name !== workload.name && ['Scale', 'Floor'].includes((spec as ScalingSpec).mode ?? '');
}

function named(kind: string, policy: Policy, objects: readonly KubernetesObject[]): string | undefined {
  const found = objects.find((object) => scalesTargetOf(policy, object));
  return found && `${kind} ${found.metadata.namespace}/${found.metadata.name}`;
}

/** Whether the object's target is that of the policy. */
export function scalesTargetOf({ workload, target }: Policy, object: KubernetesObject): boolean {
  const { namespace } = object.metadata;
  return namespace === workload.namespace && targetKeyOf(object) === targetKey(target);
}

/** What an autoscaler scales, in one word that does not know versions, with what KEDA assumes where it says less. */
export function targetKeyOf({ spec }: KubernetesObject): string {
  const { apiVersion = 'apps/v1', kind = 'Deployment', name } = (spec as ScalingSpec).scaleTargetRef ?? {};
  return targetKey({ apiVersion, kind, name });
}

export function targetKey(target: { apiVersion: string; kind: string; name: string | undefined }): string {
  return `${groupOf(target.apiVersion)}/${target.kind}/${target.name}`;
}
