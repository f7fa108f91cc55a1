/**
 * The size stage: from the rates that may arrive, the count to ask for now.
 *
 * Each step needs the count at which one replica more costs what it saves, never below the objective
 * (needed-replicas.ts). Starting a replica costs as well: over window and horizon the cheapest path of serving counts
 * is planned (horizon-plan.ts), and the largest of the window (from now until a replica that is asked for now serves,
 * and a little longer) is asked for. Cold replicas are made up for (cold-replicas.ts), spare for failures comes on top
 * (chaos-buffer.ts), and no dependency is overrun (dependency-limit.ts says what it takes). A backlog that
 * overload has left is worked off within one step: it counts as that much more arriving.
 *
 * Pure: the same input, the same answer; more load at any step or quantile, or more backlog, never gives fewer
 * replicas. Guards come after.
 */
import type { SizingTrace } from '../domain/sizing.ts';
import { chaosBuffer } from './chaos-buffer.ts';
import { replicasWithWarmUp } from './cold-replicas.ts';
import { planOf } from './planned-replicas.ts';
import { meanRateRps } from './rate-distribution.ts';
import { sizedWorlds } from './scenario-worlds.ts';
import { capacityRps, peakReplicas, serviceModelFrom } from './service-model.ts';
import { sizedSteps } from './sized-steps.ts';
import { traceOf } from './sizing-trace.ts';
import { loadsOf } from './window-loads.ts';
import type { SizingInput } from './sizing-input.ts';

export type { SizingInput } from './sizing-input.ts';
export type { SizingStep } from './window-loads.ts';

/** The recommendation before guards, with everything it came from. Throws RangeError on an empty window. */
export function sizeReplicas(input: SizingInput): SizingTrace {
  const { policy, currentReplicas } = input;
  const model = serviceModelFrom(policy, input.serviceRateRps);
  // Where replicas get into each other's way there is no plan, and nothing to look at beyond the window.
  const horizon = model.scalability === undefined ? (input.horizon ?? []) : [];
  const loads = loadsOf([...input.window, ...horizon], {
    requests: input.backlogRequests,
    readyRps: capacityRps(model, currentReplicas - input.startingReplicas),
    currentRps: capacityRps(model, currentReplicas),
    startupSeconds: policy.capacity.startupSeconds,
    leadTimeSeconds: input.leadTimeSeconds,
    stepSeconds: policy.forecast.stepSeconds,
  });
  const needs = input.knownNeeds?.under(policy, input.serviceRateRps);
  const steps = sizedSteps(model, loads, policy, needs);
  const peak = steps.peak(0, input.window.length);
  const plan = planOf(steps, input);
  const neededReplicas = replicasWithWarmUp(plan, loads, input);
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
  const path = [{ atMs: loads[0].atMs, replicas: neededReplicas }, ...plan.asked.slice(1)];
  return traceOf({ input, model, peak, neededReplicas, chaos, path });
}
