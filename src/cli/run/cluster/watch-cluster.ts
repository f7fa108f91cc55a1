import type { ApiClient } from '../../../cluster/api-client.ts';
import { autoscalersByTarget } from '../../../cluster/autoscalers-by-target.ts';
import { autoscalersPath } from '../../../cluster/autoscaler-status.ts';
import type { Autoscalers } from '../../../cluster/conflicting-autoscalers.ts';
import { resourcePath, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import { createReflector, type Reflector } from '../../../cluster/reflector.ts';
import type { Clock } from '../../../domain/clock.ts';
import type { Policy } from '../../../policy/policy.ts';

/** Copies of everything in the cluster that scales something, as of the newest events. */
export interface ClusterWatch {
  autoscalers(): Autoscalers;
  /** Those that scale the policy's target: asked for each workload at each tick. */
  autoscalersOn(policy: Policy): Autoscalers;
  /** The PredictiveAutoscaler `namespace/name`. */
  predictiveAutoscaler(key: string): KubernetesObject | undefined;
  /** The ConfigMap that may stop all writes; undefined: there is none. */
  writeSwitch(): KubernetesObject | undefined;
  /** null when the copies are complete; otherwise one sentence that says what is missing. */
  notReadyBecause(): string | null;
  /** Runs until the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

export interface WatchClusterDeps {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: () => number;
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** The ConfigMap that may stop all writes. */
  readonly writeSwitch: { readonly namespace: string; readonly name: string };
  readonly onFault: (message: string) => void;
}

/** As of the newest change. */
interface Ordered {
  readonly autoscalers: Autoscalers;
  readonly byTarget: (policy: Policy) => Autoscalers;
}

export function watchCluster({ namespace, writeSwitch, ...deps }: WatchClusterDeps): ClusterWatch {
  const watching = (path: string, fieldSelector?: string): Reflector =>
    createReflector({ ...deps, path, fieldSelector, onChange: () => (ordered = undefined) });
  let ordered: Ordered | undefined;
  const autoscalers = watching(autoscalersPath(namespace));
  const hpas = watching(resourcePath('autoscaling/v2', 'horizontalpodautoscalers', namespace));
  // Where KEDA is not installed, there are none.
  const scaledObjects = watching(resourcePath('keda.sh/v1alpha1', 'scaledobjects', namespace));
  const switches = watching(
    resourcePath('v1', 'configmaps', writeSwitch.namespace),
    `metadata.name=${writeSwitch.name}`,
  );
  const all = [autoscalers, hpas, scaledObjects, switches];
  const newest = (): Ordered => {
    if (ordered !== undefined) return ordered;
    const found = {
      predictiveAutoscalers: autoscalers.items(),
      horizontalPodAutoscalers: hpas.items(),
      scaledObjects: scaledObjects.items(),
    };
    return (ordered = { autoscalers: found, byTarget: autoscalersByTarget(found) });
  };
  return {
    autoscalers: () => newest().autoscalers,
    autoscalersOn: (policy) => newest().byTarget(policy),
    predictiveAutoscaler: (key) => autoscalers.get(key),
    writeSwitch: () => switches.items()[0],
    notReadyBecause() {
      if (!all.every((one) => one.hasSynced())) return 'The cluster has not been listed yet.';
      if (!autoscalers.isMissing()) return null;
      return 'The custom resource is not installed: prescale crd | kubectl apply -f -';
    },
    async run(signal) {
      await Promise.all(all.map((one) => one.run(signal)));
    },
  };
}
