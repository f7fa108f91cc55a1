import type { ReplayAutoscaler } from '../autoscaler.ts';
import { SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { ReplayWorld } from '../play.ts';
import { firstNeeded } from '../needed-path.ts';
import { createPlayedRun } from '../played-run.ts';
import { createRequestServer } from './request-server.ts';
import { createResponseHistogram } from './response-histogram.ts';

/** What requests one by one came to over the scored window. */
export interface RequestScore {
  readonly requests: number;
  /** Share (0..1) answered later than the SLO, or not at all. */
  readonly sloViolationRatio: number;
  readonly replicaHours: number;
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly p99Seconds: number;
}

/**
 * Plays one autoscaler in closed loop with every request simulated; undefined where none came. What it sees (utilization,
 * ready replicas) is what the simulated requests make of it. Same seed, same requests.
 */
export function playRequests(
  world: ReplayWorld,
  autoscaler: ReplayAutoscaler,
  onProgress: (doneRatio: number) => void = () => undefined,
): RequestScore | undefined {
  const { policy, model, physics, path, needed, window } = world;
  const histogram = createResponseHistogram();
  let isScored = false;
  let late = 0;
  let replicaSeconds = 0;
  const sloSeconds = policy.slo.responseSeconds;
  const server = createRequestServer({
    model,
    sloSeconds,
    stepSeconds: physics.stepSeconds,
    seed: physics.seed,
    onResponse(seconds) {
      if (!isScored) return;
      histogram.add(seconds);
      if (seconds > sloSeconds) late += 1;
    },
  });
  const startReplicas = firstNeeded(needed, window.playFromStep);
  const run = createPlayedRun(autoscaler, { path, physics, server, startReplicas });
  const { steps } = path;
  for (let step = window.playFromStep; step < steps; step += 1) {
    isScored = step >= window.fromStep;
    const { paidReplicas } = run.play(step);
    if (isScored && !Number.isNaN(path.rateAt(step))) replicaSeconds += paidReplicas * physics.stepSeconds;
    if (step % path.stepsPerRow === 0)
      onProgress((step - window.playFromStep) / (steps - window.playFromStep));
  }
  server.settle();
  const requests = histogram.count();
  if (requests === 0) return undefined;
  const at = (level: number): number => histogram.quantileSeconds(level) ?? Number.NaN;
  return {
    requests,
    sloViolationRatio: late / requests,
    replicaHours: replicaSeconds / SECONDS_PER_HOUR,
    p50Seconds: at(0.5),
    p95Seconds: at(0.95),
    p99Seconds: at(0.99),
  };
}
