import type { ReplayAutoscaler, ReplayView } from '../autoscaler.ts';
import { createRequestsHpa, newestSample, type RequestsHpaRule } from './hpa.ts';

const POLLING_SECONDS = 30;
const RATE_WINDOW_STEPS = 4;

/**
 * A KEDA ScaledObject with a Prometheus trigger: `sum(rate(requests[1m]))` polled every 30 s (pollingInterval's
 * default), kept between the polls (useCachedMetrics) and served to an HPA as an External metric of type AverageValue.
 * `targetRps` is the trigger's threshold. Scaling to zero does not come in: activation and cooldown (KEDA docs,
 * "ScaledObject specification") govern the step between 0 and 1 only, and a replay keeps at least minReplicas.
 */
export function createKeda(name: string, rule: RequestsHpaRule): ReplayAutoscaler {
  let polledRps: number | undefined;
  return createRequestsHpa(name, rule, (view) => {
    if (newestSample(view) === undefined) return undefined;
    const pollingSteps = Math.max(1, Math.round(POLLING_SECONDS / view.stepSeconds));
    if (polledRps === undefined || view.step % pollingSteps === 0)
      polledRps = meanRateRps(view, view.newestStep, RATE_WINDOW_STEPS);
    return polledRps;
  });
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
