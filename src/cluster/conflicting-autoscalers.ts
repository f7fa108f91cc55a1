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
 * Who else scales the policy's target, in one sentence; undefined: nobody. A policy that only recommends is no
 * conflict. Of two PredictiveAutoscalers neither scales: whichever came first, somebody has to say which one is meant.
 */
export function conflictWith(policy: Policy, autoscalers: Autoscalers): string | undefined {
  const found =
    named('HorizontalPodAutoscaler', policy, autoscalers.horizontalPodAutoscalers) ??
    named('ScaledObject', policy, autoscalers.scaledObjects) ??
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

function isAnotherThatScales({ workload }: Policy): (object: KubernetesObject) => boolean {
  return ({ metadata, spec }) => metadata.name !== workload.name && (spec as ScalingSpec).mode === 'Scale';
}

function named(kind: string, policy: Policy, objects: readonly KubernetesObject[]): string | undefined {
  const found = objects.find((object) => scalesTargetOf(policy, object));
  return found && `${kind} ${found.metadata.namespace}/${found.metadata.name}`;
}

function scalesTargetOf({ workload, target }: Policy, { metadata, spec }: KubernetesObject): boolean {
  const { apiVersion = 'apps/v1', kind = 'Deployment', name } = (spec as ScalingSpec).scaleTargetRef ?? {};
  return (
    metadata.namespace === workload.namespace &&
    name === target.name &&
    kind === target.kind &&
    groupOf(apiVersion) === groupOf(target.apiVersion)
  );
}
