import type { HolderKind } from '../../cluster/floor-holder.ts';
import type { KubernetesObject } from '../../cluster/kubernetes-object.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { invalidInput } from '../../domain/errors.ts';

/** What no autoscaler knows about its target. */
export interface InitAnswers {
  /** PromQL, requests per second; a ScaledObject with a Prometheus trigger has one of its own. */
  readonly arrivalRate?: string | undefined;
  readonly serviceRateRps: number;
  readonly serversPerReplica: number;
  /** Seconds. */
  readonly responseTime: number;
  /** Seconds; left out, it is learned from the pods. */
  readonly startupTime?: number | undefined;
}

interface ReactiveSpec {
  readonly scaleTargetRef: { readonly apiVersion?: string; readonly kind?: string; readonly name: string };
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
  readonly behavior?: object;
  readonly minReplicaCount?: number;
  readonly maxReplicaCount?: number;
  readonly advanced?: { readonly horizontalPodAutoscalerConfig?: { readonly behavior?: object } };
  readonly triggers?: readonly { readonly type: string; readonly metadata?: { readonly query?: string } }[];
}

/** KEDA's default where a ScaledObject gives no maximum. */
const DEFAULT_MAX_REPLICAS = 100;

/**
 * A policy that only recommends, for what an HPA or a ScaledObject scales today, within the same bounds and at the same
 * pace. Its minimum is 1 at least. Throws `invalidInput` where nobody says how to measure the load.
 */
export function initialPolicy(kind: HolderKind, object: KubernetesObject, answers: InitAnswers): object {
  const spec = object.spec as ReactiveSpec;
  const { apiVersion = 'apps/v1', kind: targetKind = 'Deployment', name } = spec.scaleTargetRef;
  const { min, max, behavior } = boundsOf(kind, spec);
  return {
    apiVersion: 'prescale.dev/v1alpha1',
    kind: 'PredictiveAutoscaler',
    metadata: { namespace: object.metadata.namespace, name },
    spec: {
      scaleTargetRef: { apiVersion, kind: targetKind, name },
      mode: 'Recommend',
      minReplicas: Math.max(1, min),
      maxReplicas: max,
      metrics: { arrivalRate: { query: queryOf(spec, answers) } },
      capacity: {
        serviceRateRps: answers.serviceRateRps,
        serversPerReplica: answers.serversPerReplica,
        ...(answers.startupTime !== undefined && { startupTime: durationFromSeconds(answers.startupTime) }),
      },
      slo: { responseTime: durationFromSeconds(answers.responseTime) },
      ...(behavior && { behavior }),
    },
  };
}

function boundsOf(
  kind: HolderKind,
  spec: ReactiveSpec,
): { readonly min: number; readonly max: number; readonly behavior: object | undefined } {
  if (kind === 'HorizontalPodAutoscaler')
    return { min: spec.minReplicas ?? 1, max: spec.maxReplicas!, behavior: spec.behavior };
  const { minReplicaCount = 0, maxReplicaCount = DEFAULT_MAX_REPLICAS, advanced } = spec;
  const { behavior } = advanced?.horizontalPodAutoscalerConfig ?? {};
  return { min: minReplicaCount, max: maxReplicaCount, behavior };
}

function queryOf({ triggers = [] }: ReactiveSpec, { arrivalRate }: InitAnswers): string {
  const own = triggers.find(({ type }) => type === 'prometheus')?.metadata?.query;
  const query = arrivalRate ?? own;
  if (query !== undefined) return query;
  const allowed = 'PromQL that gives requests per second: this autoscaler has no Prometheus query of its own';
  throw invalidInput('what is asked for', [{ path: '--arrival-rate', got: 'nothing', allowed }]);
}
