/**
 * How many replicas the HorizontalPodAutoscaler computes from its metrics, before it limits the change. The rules are
 * those of kubernetes pkg/controller/podautoscaler/replica_calculator.go (v1.36); `test/cluster/hpa` holds them against
 * the controller itself.
 */

/** pkg/controller/podautoscaler/config/v1alpha1/defaults.go, --horizontal-pod-autoscaler-tolerance. */
export const HPA_TOLERANCE_RATIO = 0.1;

/**
 * `Utilization`: HPA knows whole percents, cut off; `AverageValue`: an amount of CPU, which is as good as exact. (A
 * thousandth of a core is what it knows: how much of a replica that is depends on what the pod asks for.)
 */
export type UsageTargetType = 'Utilization' | 'AverageValue';

export interface UsageTarget {
  readonly type: UsageTargetType;
  /** Share of what a pod asks for; whole percents for a `Utilization`. */
  readonly ratio: number;
}

export interface MeasuredPods {
  /** Mean over the pods that are measured, as a share of what a pod asks for. */
  readonly utilizationRatio: number;
  readonly measuredReplicas: number;
  /** Pending, not ready yet, or ready for less than the sample's window: their sample does not count. */
  readonly unreadyReplicas: number;
  /** Running, and nothing came of them. */
  readonly missingReplicas: number;
}

/** The product of ratios may miss a whole number by rounding; that is no reason for a pod more. */
const ROUNDING = 1e-9;

/**
 * GetResourceReplicas and calcPlainMetricReplicas: down on the measured pods, the missing ones as if they used all they
 * asked for (of an amount: the target); up as if the missing and the unready ones used nothing. Not at all where they
 * bring it within the tolerance, or turn the direction. undefined where nobody is measured: HPA cannot tell then.
 */
export function usageReplicas(pods: MeasuredPods, target: UsageTarget): number | undefined {
  const { measuredReplicas, unreadyReplicas, missingReplicas, utilizationRatio } = pods;
  if (measuredReplicas === 0) return undefined;
  const usage = usageOverTarget(utilizationRatio, target);
  if (missingReplicas > 0 || (usage > 1 && unreadyReplicas > 0))
    return withUnmeasured(pods, target, usage > 1);
  if (isTolerated(usage)) return measuredReplicas + unreadyReplicas;
  return wholeReplicas(usage * measuredReplicas, target);
}

function withUnmeasured(pods: MeasuredPods, target: UsageTarget, isUp: boolean): number {
  const { measuredReplicas, unreadyReplicas, missingReplicas, utilizationRatio } = pods;
  const counted = measuredReplicas + missingReplicas + (isUp ? unreadyReplicas : 0);
  const assumed = isUp ? 0 : missingReplicas * assumedUsage(target);
  const usage = usageOverTarget((utilizationRatio * measuredReplicas + assumed) / counted, target);
  const current = measuredReplicas + unreadyReplicas + missingReplicas;
  if (isTolerated(usage) || usage > 1 !== isUp) return current;
  const wanted = wholeReplicas(usage * counted, target);
  return isUp ? Math.max(current, wanted) : Math.min(current, wanted);
}

function usageOverTarget(utilizationRatio: number, { type, ratio }: UsageTarget): number {
  if (type === 'AverageValue') return utilizationRatio / ratio;
  return Math.floor(100 * utilizationRatio + ROUNDING) / Math.round(100 * ratio);
}

/** Of a pod that is missing, on the way down. */
function assumedUsage({ type, ratio }: UsageTarget): number {
  return type === 'AverageValue' ? ratio : Math.max(1, ratio);
}

/** Of whole percents HPA's own arithmetic is repeated, with its rounding. */
function wholeReplicas(replicas: number, { type }: UsageTarget): number {
  return Math.ceil(type === 'AverageValue' ? replicas - ROUNDING : replicas);
}

export interface ExternalMetric {
  readonly value: number;
  /** For each replica; both in the same unit. */
  readonly targetPerReplica: number;
  /** Asked for, ready or not. */
  readonly currentReplicas: number;
}

/** GetExternalPerPodMetricReplicas: a total over what each replica is meant to have of it; readiness plays no part. */
export function externalReplicas({ value, targetPerReplica, currentReplicas }: ExternalMetric): number {
  if (isTolerated(value / (targetPerReplica * currentReplicas))) return currentReplicas;
  return Math.max(0, Math.ceil(value / targetPerReplica - ROUNDING));
}

function isTolerated(usageOverTarget: number): boolean {
  return usageOverTarget >= 1 - HPA_TOLERANCE_RATIO && usageOverTarget <= 1 + HPA_TOLERANCE_RATIO;
}
