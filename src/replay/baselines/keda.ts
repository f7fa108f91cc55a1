import type { ReplayAutoscaler, ReplayView } from '../autoscaler.ts';
import { createHpaLimits, HPA_TOLERANCE_RATIO } from './hpa.ts';

const POLLING_SECONDS = 30;
const RATE_WINDOW_STEPS = 4;
const ROUNDING = 1e-9;

export interface KedaRule {
  /** Requests per second and replica that the trigger's threshold asks for. */
  readonly targetRps: number;
  readonly scaleDownWindowSeconds: number;
}

/**
 * A KEDA ScaledObject with a Prometheus trigger: `sum(rate(requests[1m]))` polled every 30 s (pollingInterval's
 * default) and served to an HPA as an External metric of type AverageValue, which divides by the replicas asked for,
 * ready or not (kubernetes replica_calculator.go, GetExternalPerPodMetricReplicas). The rate is not capped by what
 * the replicas can do, unlike a utilization. Scaling to zero does not come in: activation and cooldown (KEDA docs,
 * "ScaledObject specification") govern the step between 0 and 1 only, and a replay keeps at least minReplicas.
 */
export function createKeda(name: string, { targetRps, scaleDownWindowSeconds }: KedaRule): ReplayAutoscaler {
  const limits = createHpaLimits(scaleDownWindowSeconds);
  let polledRps: number | undefined;
  return {
    name,
    desire(view) {
      const sample = view.sampleAt(view.newestStep);
      if (sample === undefined || Number.isNaN(sample.rateRps)) return view.currentReplicas;
      const pollingSteps = Math.max(1, Math.round(POLLING_SECONDS / view.stepSeconds));
      if (polledRps === undefined || view.step % pollingSteps === 0)
        polledRps = meanRateRps(view, view.newestStep, RATE_WINDOW_STEPS);
      const ratio = polledRps / (targetRps * view.currentReplicas);
      const isTolerated = Math.abs(ratio - 1) <= HPA_TOLERANCE_RATIO;
      const recommended = isTolerated ? view.currentReplicas : Math.ceil(polledRps / targetRps - ROUNDING);
      return limits(view, Math.max(1, recommended));
    },
  };
}

/** Mean of the samples of the `steps` steps up to `newestStep`; those that are missing do not count. */
export function meanRateRps(view: ReplayView, newestStep: number, steps: number): number {
  let sum = 0;
  let count = 0;
  for (let step = newestStep; step > newestStep - steps; step -= 1) {
    const rateRps = view.sampleAt(step)?.rateRps ?? Number.NaN;
    if (Number.isNaN(rateRps)) continue;
    sum += rateRps;
    count += 1;
  }
  return count === 0 ? Number.NaN : sum / count;
}
