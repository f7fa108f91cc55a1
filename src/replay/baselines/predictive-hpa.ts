import { SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { ReplayAutoscaler } from '../autoscaler.ts';
import { measuredPods, newestSample } from './hpa.ts';
import { createHighestRecent } from './highest-recent.ts';
import { usageReplicas } from './replica-calculator.ts';

export type ReplicaModel = 'linear' | 'holt-winters';

export interface PredictiveHpaRule {
  readonly targetRatio: number;
  readonly model: ReplicaModel;
  readonly scaleDownWindowSeconds: number;
  /** How far ahead the replicas are predicted: the start-up time. */
  readonly lookAheadSeconds: number;
}

/** The linear model looks at so many of its own last evaluations (its documentation's `historySize` example). */
const LINEAR_HISTORY = 6;
/** Holt-Winters: weights of level, trend and season (its documentation's example), a day's season, an hour a slot. */
const HOLT_WINTERS = {
  alpha: 0.9,
  beta: 0.9,
  gamma: 0.9,
  seasonSlots: 24,
  slotSeconds: SECONDS_PER_HOUR,
} as const;
const ROUNDING = 1e-9;

/**
 * Predictive Horizontal Pod Autoscaler (jthomperoo/predictive-horizontal-pod-autoscaler, README and "Models"): what an
 * HPA would ask for is kept as a history of replica counts, a model predicts that history's future, and the highest of
 * both is applied (`decisionType: maximum`, the default), with the HPA's downscale stabilization. `linear` fits a line
 * to the last evaluations and reads it a look-ahead later; `holt-winters` is additive triple exponential smoothing of
 * a count an hour with a season of a day.
 */
export function createPredictiveHpa(name: string, rule: PredictiveHpaRule): ReplayAutoscaler {
  const predict = rule.model === 'linear' ? createLinear(rule.lookAheadSeconds) : createHoltWinters();
  const recent = createHighestRecent(rule.scaleDownWindowSeconds);
  const target = { type: 'AverageValue', ratio: rule.targetRatio } as const;
  return {
    name,
    desire(view) {
      const { nowMs, step, stepSeconds, currentReplicas } = view;
      const sample = newestSample(view);
      if (sample === undefined) return currentReplicas;
      const calculated = usageReplicas(measuredPods(view, sample), target) ?? currentReplicas;
      const predicted = predict(step * stepSeconds, calculated);
      recent.add(nowMs, Math.max(1, calculated, Math.ceil(predicted - ROUNDING)));
      return recent.highest(nowMs);
    },
  };
}

type Predict = (seconds: number, replicas: number) => number;

/** Least squares through the newest evaluations. */
function createLinear(lookAheadSeconds: number): Predict {
  let history: { readonly seconds: number; readonly replicas: number }[] = [];
  return (seconds, replicas) => {
    history = [...history, { seconds, replicas }].slice(-LINEAR_HISTORY);
    const meanSeconds = meanOf(history.map((point) => point.seconds));
    const meanReplicas = meanOf(history.map((point) => point.replicas));
    let covariance = 0;
    let variance = 0;
    for (const point of history) {
      covariance += (point.seconds - meanSeconds) * (point.replicas - meanReplicas);
      variance += (point.seconds - meanSeconds) ** 2;
    }
    const slope = variance > 0 ? covariance / variance : 0;
    return meanReplicas + slope * (seconds + lookAheadSeconds - meanSeconds);
  };
}

/** The prediction is that of the hour that runs, from the hours before it; nothing until two seasons are full. */
function createHoltWinters(): Predict {
  const { seasonSlots, slotSeconds } = HOLT_WINTERS;
  const counts: number[] = [];
  let slot = -1;
  let highest = 0;
  let predicted = 0;
  return (seconds, replicas) => {
    const now = Math.floor(seconds / slotSeconds);
    if (slot >= 0 && now !== slot) {
      counts.push(highest);
      highest = 0;
      if (counts.length > 4 * seasonSlots) counts.shift();
      predicted = counts.length < 2 * seasonSlots ? 0 : holtWintersNext(counts);
    }
    slot = now;
    highest = Math.max(highest, replicas);
    return predicted;
  };
}

/** Additive Holt-Winters over whole history, one slot ahead (Winters 1960). */
export function holtWintersNext(counts: readonly number[]): number {
  const { alpha, beta, gamma, seasonSlots } = HOLT_WINTERS;
  const first = meanOf(counts.slice(0, seasonSlots));
  const second = meanOf(counts.slice(seasonSlots, 2 * seasonSlots));
  let trend = (second - first) / seasonSlots;
  // The first season's line: its mean in the middle, the trend to both sides.
  const half = (seasonSlots - 1) / 2;
  const season = counts.slice(0, seasonSlots).map((count, i) => count - first - trend * (i - half));
  let level = first + trend * half;
  for (let i = seasonSlots; i < counts.length; i += 1) {
    const place = i % seasonSlots;
    const before = level;
    level = alpha * (counts[i] - season[place]) + (1 - alpha) * (level + trend);
    trend = beta * (level - before) + (1 - beta) * trend;
    season[place] = gamma * (counts[i] - level) + (1 - gamma) * season[place];
  }
  return level + trend + season[counts.length % seasonSlots];
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
