import type { ReplayAutoscaler, ReplaySample, ReplayView } from '../autoscaler.ts';
import { createHpaLimits } from './hpa-behavior.ts';
import {
  externalReplicas,
  usageReplicas,
  type MeasuredPods,
  type UsageTarget,
} from './replica-calculator.ts';

/** Of CPU, where the HPA says nothing (pkg/apis/autoscaling/types.go, DefaultCPUUtilization). */
export const HPA_DEFAULT_TARGET: UsageTarget = { type: 'Utilization', ratio: 0.8 };

export interface HpaRule {
  readonly target: UsageTarget;
  readonly scaleDownWindowSeconds: number;
}

/**
 * The HorizontalPodAutoscaler on a Resource metric: a sync each control step; what a pod uses can never be above what
 * it has, so that the measured utilization is at most 1. While no metrics come it changes nothing.
 */
export function createHpa(name: string, { target, scaleDownWindowSeconds }: HpaRule): ReplayAutoscaler {
  const limits = createHpaLimits(scaleDownWindowSeconds);
  return {
    name,
    desire(view) {
      const sample = newestSample(view);
      return limits(view, sample && usageReplicas(measuredPods(view, sample), target));
    },
  };
}

/**
 * Which of the replicas a sample counts: those that were ready in all of its window, and still are. A replica that has
 * become ready since has its sample disregarded for the first five minutes of its life (groupPods); one that takes
 * longer than that to start is measured a little earlier by the real HPA, at what it used while it started.
 */
export function measuredPods(view: ReplayView, sample: ReplaySample): MeasuredPods {
  const missingReplicas = sample.missingReplicas ?? 0;
  const measuredReplicas = Math.min(view.readyReplicas, sample.readyReplicas);
  return {
    utilizationRatio: sample.utilizationRatio,
    measuredReplicas,
    missingReplicas,
    unreadyReplicas: view.currentReplicas - measuredReplicas - missingReplicas,
  };
}

export interface RequestsHpaRule {
  /** Requests per second and replica. */
  readonly targetRps: number;
  readonly scaleDownWindowSeconds: number;
}

/**
 * The HorizontalPodAutoscaler on an External metric of type AverageValue: the request rate, which is not capped by what
 * the replicas can do. `rateOf`: what the metric's source answers; the newest sample unless given.
 */
export function createRequestsHpa(
  name: string,
  { targetRps, scaleDownWindowSeconds }: RequestsHpaRule,
  rateOf: (view: ReplayView) => number | undefined = (view) => newestSample(view)?.rateRps,
): ReplayAutoscaler {
  const limits = createHpaLimits(scaleDownWindowSeconds);
  return {
    name,
    desire(view) {
      const { currentReplicas } = view;
      const value = rateOf(view);
      if (value === undefined) return limits(view, undefined);
      return limits(view, externalReplicas({ value, targetPerReplica: targetRps, currentReplicas }));
    },
  };
}

/** undefined where none came. */
export function newestSample(view: ReplayView): ReplaySample | undefined {
  const sample = view.sampleAt(view.newestStep);
  return sample === undefined || Number.isNaN(sample.rateRps) ? undefined : sample;
}
