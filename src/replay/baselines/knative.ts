import type { ReplayAutoscaler } from '../autoscaler.ts';
import { meanRateRps } from './keda.ts';

const STABLE_WINDOW_STEPS = 4;
const PANIC_THRESHOLD_RATIO = 2;
const MOST_SCALE_DOWN_RATIO = 2;
const ROUNDING = 1e-9;

export interface KnativeRule {
  /** Requests per second that a replica is meant to have. */
  readonly targetRps: number;
}

/**
 * Knative's pod autoscaler (knative/serving pkg/autoscaler/scaling/autoscaler.go): the wanted count from the mean of a
 * stable window of 60 s and of a panic window (6 s there; one control step here). Where the panic window wants twice
 * what is ready it panics: it never goes down, until 60 s after the last time that held. At most halves at once
 * (max-scale-down-rate). Scaling to zero does not come in: a replay keeps at least minReplicas.
 */
export function createKnative(name: string, { targetRps }: KnativeRule): ReplayAutoscaler {
  let panicUntilStep = -1;
  let panicReplicas = 0;
  return {
    name,
    desire(view) {
      const { step, newestStep, readyReplicas, currentReplicas } = view;
      const sample = view.sampleAt(newestStep);
      if (sample === undefined || Number.isNaN(sample.rateRps)) return currentReplicas;
      const least = Math.floor(readyReplicas / MOST_SCALE_DOWN_RATIO);
      const wanted = (rateRps: number): number => Math.max(least, Math.ceil(rateRps / targetRps - ROUNDING));
      const stable = wanted(meanRateRps(view, newestStep, STABLE_WINDOW_STEPS));
      const panic = wanted(sample.rateRps);
      if (panic >= PANIC_THRESHOLD_RATIO * readyReplicas) {
        if (step >= panicUntilStep) panicReplicas = 0;
        panicUntilStep = step + STABLE_WINDOW_STEPS;
      }
      if (step >= panicUntilStep) return Math.max(1, stable);
      panicReplicas = Math.max(panicReplicas, panic, stable, panicReplicas === 0 ? currentReplicas : 0);
      return Math.max(1, panicReplicas);
    },
  };
}
