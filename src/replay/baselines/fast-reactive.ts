import type { ReplayAutoscaler } from '../autoscaler.ts';
import { createHighestRecent } from './highest-recent.ts';

const ROUNDING = 1e-9;

export interface FastReactiveRule {
  /** Requests per second that a replica is meant to have. */
  readonly targetRps: number;
  readonly scaleDownWindowSeconds: number;
}

/**
 * As fast as a rule can be that knows no future: the newest measured rate over the target, no tolerance, no limit on
 * the way up, the highest of a window on the way down. What is better than this is foresight and not speed.
 */
export function createFastReactive(
  name: string,
  { targetRps, scaleDownWindowSeconds }: FastReactiveRule,
): ReplayAutoscaler {
  const recent = createHighestRecent(scaleDownWindowSeconds);
  return {
    name,
    desire(view) {
      const { nowMs, newestStep, currentReplicas } = view;
      const sample = view.sampleAt(newestStep);
      if (sample === undefined || Number.isNaN(sample.rateRps)) return currentReplicas;
      const wanted = Math.max(1, Math.ceil(sample.rateRps / targetRps - ROUNDING));
      recent.add(nowMs, wanted);
      return wanted >= currentReplicas ? wanted : Math.min(currentReplicas, recent.highest(nowMs));
    },
  };
}
