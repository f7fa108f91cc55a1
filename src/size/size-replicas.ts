/**
 * The size stage: from the rates that may arrive, the count to ask for now.
 *
 * Each step of the window (from now until new replicas could serve, and one step longer) needs the count at which one
 * replica more costs what it saves, never below the objective (needed-replicas.ts). The window needs the largest of
 * these. Where the horizon is known beyond the window, the path of window needs that is cheapest, starting replicas
 * included, is planned and its first step taken (horizon-plan.ts). Cold replicas are made up for (warm-up.ts), spare
 * for failures comes on top (chaos-buffer.ts), and no dependency is overrun (dependency-limit.ts says what it takes). A backlog that
 * overload has left is worked off within one step: it counts as that much more arriving.
 *
 * Pure: the same input, the same answer; more load at any step or quantile, or more backlog, never gives fewer
 * replicas. Guards come after.
 */
import type { SizingTrace } from '../domain/sizing.ts';
import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../domain/clock.ts';
import { chaosBuffer } from './chaos-buffer.ts';
import { planReplicas } from './horizon-plan.ts';
import { expectedGainRps } from './load-curve.ts';
import { meanRateRps } from './rate-distribution.ts';
import { sizedWorlds } from './scenario-worlds.ts';
import { capacityRps, peakReplicas, serviceModelFrom } from './service-model.ts';
import { sizedSteps } from './sized-steps.ts';
import type { SizedStep, SizedSteps } from './sized-steps.ts';
import { traceOf } from './sizing-trace.ts';
import { replicasAfterEviction, replicasWithCold, warmRatio } from './warm-up.ts';
import { loadsOf } from './window-loads.ts';
import type { SizingInput } from './sizing-input.ts';

export type { SizingInput } from './sizing-input.ts';
export type { SizingStep } from './window-loads.ts';

/** The recommendation before guards, with everything it came from. Throws RangeError on an empty window. */
export function sizeReplicas(input: SizingInput): SizingTrace {
  const { policy, currentReplicas } = input;
  const model = serviceModelFrom(policy, input.serviceRateRps);
  const servingReplicas = currentReplicas - input.startingReplicas;
  const loads = loadsOf([...input.window, ...(input.horizon ?? [])], {
    requests: input.backlogRequests,
    readyRps: capacityRps(model, servingReplicas),
    stepSeconds: policy.forecast.stepSeconds,
  });
  const steps = sizedSteps(model, loads, policy);
  const peaks = windowPeaks(steps, input.window.length);
  const plan = planOf(peaks, input);
  const neededReplicas = withColdReplicas(plan[0], { input, steps, servingReplicas });
  const window = loads.slice(0, input.window.length).map(({ load }) => load);
  const chaos = chaosBuffer({
    neededReplicas,
    mostReplicas: peakReplicas(model),
    chaos: policy.chaos,
    worlds: sizedWorlds(model, window, policy),
    cost: policy.cost,
    replicaCapacityRps: capacityRps(model, 1),
    arrivalRateRps: Math.max(...window.map(meanRateRps)),
  });
  const path = peaks.map(({ atMs }, k) => ({ atMs: k === 0 ? loads[0].atMs : atMs, replicas: plan[k] }));
  return traceOf({ input, model, peak: peaks[0], neededReplicas, chaos, path });
}

/** For each step that a decision could be made at: the peak of the window that it would be made for. */
function windowPeaks(steps: SizedSteps, windowSteps: number): SizedStep[] {
  const decisions = Math.max(1, steps.count - windowSteps + 1);
  return Array.from({ length: decisions }, (_, k) => steps.peak(k, k + windowSteps));
}

/** A replica that gets into others' way breaks the plan's premise, that levels do not depend on each other. */
function planOf(peaks: readonly SizedStep[], { policy, currentReplicas }: SizingInput): number[] {
  const { cost, capacity, forecast } = policy;
  const { prices, curve } = peaks[0].demand;
  if (peaks.length === 1 || prices === undefined || curve.model.scalability !== undefined)
    return peaks.map(({ need }) => need.replicas);
  const perReplicaSecond = prices.perReplicaHour / SECONDS_PER_HOUR;
  const { durationSeconds, initialRatio } = capacity.warmUp;
  return planReplicas(
    peaks.map(({ need, floor, demand }) => ({
      need: need.replicas,
      floor,
      surplusPerSecond: (replicas) =>
        prices.perViolation * expectedGainRps(demand.curve, replicas, demand.overloadHarmRatio) -
        perReplicaSecond,
    })),
    {
      stepSeconds: forecast.stepSeconds,
      // What a replica does not serve while it warms is paid for all the same.
      perReplicaStart: cost.perReplicaStart + (perReplicaSecond * durationSeconds * (1 - initialRatio)) / 2,
      startReplicas: currentReplicas,
    },
  );
}

/**
 * Replicas asked for now are cold when they are first needed: more of them. Replicas sent away leave their share of
 * the requests to caches that do not know them: fewer at once.
 */
function withColdReplicas(
  planned: number,
  at: { input: SizingInput; steps: SizedSteps; servingReplicas: number },
): number {
  const { warmUp } = at.input.policy.capacity;
  if (warmUp.durationSeconds === 0 || warmUp.initialRatio === 1) return planned;
  if (planned < at.servingReplicas) return replicasAfterEviction(planned, at.servingReplicas, warmUp);
  return Math.max(planned, ...coldNeeds(at));
}

/** The counts that make up for the cold at each step that new replicas begin to serve in, or warm up in. */
function coldNeeds({
  input,
  steps,
  servingReplicas,
}: {
  input: SizingInput;
  steps: SizedSteps;
  servingReplicas: number;
}): number[] {
  const { capacity, forecast } = input.policy;
  const needs: number[] = [];
  for (let index = 0; index < steps.count; index += 1) {
    const sinceReady = (steps.at(index).atMs - steps.at(0).atMs) / MS_PER_SECOND - input.leadTimeSeconds;
    const until = sinceReady + forecast.stepSeconds;
    if (until <= 0 || sinceReady >= capacity.warmUp.durationSeconds) continue;
    const ratio = warmRatio(capacity.warmUp, sinceReady, until);
    needs.push(replicasWithCold(steps.at(index).need.replicas, servingReplicas, ratio));
  }
  return needs;
}
