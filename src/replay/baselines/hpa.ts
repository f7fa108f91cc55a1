import type { ReplayAutoscaler, ReplayView } from '../autoscaler.ts';
import { createHighestRecent } from './highest-recent.ts';

/** autoscaling/v2 defaults (k8s.io/api/autoscaling/v2, pkg/apis/autoscaling/v2/defaults.go). */
export const HPA_TOLERANCE_RATIO = 0.1;
/** Of CPU, where the HPA says nothing. */
export const HPA_DEFAULT_TARGET_RATIO = 0.8;
const MOST_GROWTH_RATIO = 2;
const MOST_GROWTH_PODS = 4;
/** The product of ratios may miss a whole number by rounding; that is no reason for a pod more. */
const ROUNDING = 1e-9;

export interface HpaRule {
  /** Share (0..1) of a replica's capacity that is to be in use. */
  readonly targetRatio: number;
  readonly scaleDownWindowSeconds: number;
  readonly toleranceRatio?: number;
}

/**
 * The HorizontalPodAutoscaler on a Resource metric: a sync each control step; what a pod uses can never be above what
 * it has, so that the measured utilization is at most 1. Readiness rules, tolerance and the check that pods without
 * metrics do not turn the direction are those of kubernetes pkg/controller/podautoscaler/replica_calculator.go; the
 * default behavior (100 % or 4 pods per 15 s up, a stabilization window down) is KEP-853's.
 */
export function createHpa(name: string, rule: HpaRule): ReplayAutoscaler {
  const limits = createHpaLimits(rule.scaleDownWindowSeconds);
  const toleranceRatio = rule.toleranceRatio ?? HPA_TOLERANCE_RATIO;
  return {
    name,
    desire(view) {
      const sample = view.sampleAt(view.newestStep);
      if (sample === undefined || Number.isNaN(sample.rateRps)) return view.currentReplicas;
      const measured = Math.min(view.readyReplicas, sample.readyReplicas);
      const recommended = utilizationReplicas({
        usageRatio: sample.utilizationRatio / rule.targetRatio,
        measuredReplicas: measured,
        unreadyReplicas: view.currentReplicas - measured,
        toleranceRatio,
      });
      return limits(view, Math.max(1, recommended));
    },
  };
}

export interface UsageQuestion {
  /** Mean utilization of the pods that are measured, over the target. */
  readonly usageRatio: number;
  readonly measuredReplicas: number;
  /** Not ready, or without a sample yet. */
  readonly unreadyReplicas: number;
  readonly toleranceRatio: number;
}

/**
 * calcPlainMetricReplicas: down on the measured pods alone; up as if the unready ones used nothing, and not at all
 * where that brings the ratio within the tolerance, turns it, or would lower the count.
 */
export function utilizationReplicas(question: UsageQuestion): number {
  const { usageRatio, measuredReplicas, unreadyReplicas, toleranceRatio } = question;
  const current = measuredReplicas + unreadyReplicas;
  if (unreadyReplicas > 0 && usageRatio > 1) {
    const spread = current === 0 ? 0 : (usageRatio * measuredReplicas) / current;
    if (spread <= 1 + toleranceRatio) return current;
    return Math.max(current, Math.ceil(spread * current - ROUNDING));
  }
  if (Math.abs(usageRatio - 1) <= toleranceRatio) return current;
  return Math.ceil(usageRatio * measuredReplicas - ROUNDING);
}

/** HPA's default behavior over a recommendation: rate limit up, stabilization down. */
export function createHpaLimits(
  scaleDownWindowSeconds: number,
): (view: ReplayView, recommended: number) => number {
  let recent: ReturnType<typeof createHighestRecent> | undefined;
  return (view, recommended) => {
    const { step, currentReplicas, stepSeconds } = view;
    if (recent === undefined) {
      recent = createHighestRecent(Math.max(1, Math.round(scaleDownWindowSeconds / stepSeconds)));
      // What runs at the beginning was somebody's recommendation.
      recent.add(step - 1, currentReplicas);
    }
    recent.add(step, recommended);
    if (recommended > currentReplicas) return Math.min(recommended, mostReplicas(currentReplicas));
    return Math.min(currentReplicas, recent.highest(step));
  };
}

function mostReplicas(currentReplicas: number): number {
  return Math.max(MOST_GROWTH_RATIO * currentReplicas, currentReplicas + MOST_GROWTH_PODS);
}
