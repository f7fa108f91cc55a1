/**
 * The size stage. From the rates that may arrive until new replicas could serve (and one step longer), the count
 * that carries them: for each step of that window the count its distribution needs (needed-replicas.ts), of these
 * the largest, and on top the spare for failures (chaos-buffer.ts). A backlog that overload has left is worked off
 * within one step: it counts as that much more arriving. Pure: the same input, the same answer; more load at any
 * step or quantile, or more backlog, never gives fewer replicas. Guards come after.
 */
import type { SizingReason, SizingTrace } from '../domain/sizing.ts';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Policy } from '../policy/policy.ts';
import { chaosBuffer } from './chaos-buffer.ts';
import { dispatchedQueue } from './dispatch.ts';
import { backlogAfter } from './fluid-backlog.ts';
import { neededReplicas } from './needed-replicas.ts';
import type { Need } from './needed-replicas.ts';
import {
  distributionFromQuantiles,
  distributionFromRate,
  isDominatedBy,
  meanRateRps,
  rateAtLevel,
  shiftedBy,
} from './rate-distribution.ts';
import type { RateDistribution } from './rate-distribution.ts';
import { candidateAt } from './replica-cost.ts';
import { capacityRps, peakReplicas, serverRateRps, serviceModelFrom } from './service-model.ts';
import type { ServiceModel } from './service-model.ts';

/** One step of the window: a forecast's quantiles (as QUANTILE_LEVELS) or a rate taken as certain. */
export type SizingStep = { readonly atMs: number } & (
  { readonly quantilesRps: readonly number[] } | { readonly rateRps: number }
);

export interface SizingInput {
  readonly basis: SizingTrace['basis'];
  /** Ascending in time, at least one: every step from now until lead time + one step. */
  readonly window: readonly SizingStep[];
  readonly policy: Pick<Policy, 'capacity' | 'slo' | 'cost' | 'chaos' | 'maxReplicas' | 'forecast'>;
  /** Seconds from now until a replica asked for now serves: start-up + tick. */
  readonly leadTimeSeconds: number;
  /** Of one server (slot), as observed. */
  readonly serviceRateRps: number;
  readonly currentReplicas: number;
  /** Of the current ones, those that do not serve yet. */
  readonly startingReplicas: number;
  readonly backlogRequests: number;
}

/** The quantile that the trace describes the chosen count at. */
const DESCRIBED_LEVEL = 0.95;
/** How far the printed cost curve reaches to each side of the need. */
const CANDIDATES_EACH_SIDE = 6;

interface SizedStep {
  readonly atMs: number;
  readonly load: RateDistribution;
  readonly need: Need;
}

/** The recommendation before guards, with everything it came from. Throws RangeError on an empty window. */
export function sizeReplicas(input: SizingInput): SizingTrace {
  const { policy } = input;
  const model = serviceModelFrom(policy, input.serviceRateRps);
  const peak = peakStep(model, loadsOf(input, model), policy);
  const buffer = chaosBuffer(peak.need.replicas, policy.chaos, {
    replicaCapacityRps: capacityRps(model, 1),
    mostReplicas: peakReplicas(model),
    cost: policy.cost,
  });
  return traceOf({ input, model, peak, buffer });
}

/** The window's distributions with what the backlog adds while it is worked off. */
function loadsOf(input: SizingInput, model: ServiceModel): { atMs: number; load: RateDistribution }[] {
  const stepSeconds = input.policy.forecast.stepSeconds;
  const readyRps = capacityRps(model, input.currentReplicas - input.startingReplicas);
  let backlogRequests = input.backlogRequests;
  return input.window.map((step, i) => {
    const load =
      'rateRps' in step ? distributionFromRate(step.rateRps) : distributionFromQuantiles(step.quantilesRps);
    const withBacklog = shiftedBy(load, backlogRequests / stepSeconds);
    const next = input.window[i + 1];
    const seconds = next === undefined ? 0 : (next.atMs - step.atMs) / MS_PER_SECOND;
    backlogRequests = backlogAfter(backlogRequests, {
      arrivalRateRps: meanRateRps(load),
      capacityRps: readyRps,
      seconds,
    });
    return { atMs: step.atMs, load: withBacklog };
  });
}

/** The step with the largest need. A step that another dominates at every quantile cannot be it and is skipped. */
function peakStep(
  model: ServiceModel,
  steps: readonly { atMs: number; load: RateDistribution }[],
  policy: SizingInput['policy'],
): SizedStep {
  let peak: SizedStep | undefined;
  for (const { atMs, load } of steps) {
    if (peak !== undefined && isDominatedBy(load, peak.load)) continue;
    const need = neededReplicas(model, load, policy);
    if (peak === undefined || need.replicas > peak.need.replicas) peak = { atMs, load, need };
  }
  if (peak === undefined) throw new RangeError('sizeReplicas: the window has no steps');
  return peak;
}

function traceOf({
  input,
  model,
  peak,
  buffer,
}: {
  input: SizingInput;
  model: ServiceModel;
  peak: SizedStep;
  buffer: SizingTrace['buffer'];
}): SizingTrace {
  const { policy } = input;
  const replicas = peak.need.replicas + (buffer?.bufferReplicas ?? 0);
  const sizedForRps = rateAtLevel(peak.load, DESCRIBED_LEVEL);
  const servers = replicas * model.serversPerReplica;
  const queue = dispatchedQueue(model, sizedForRps, replicas);
  const at = { seconds: policy.slo.responseSeconds, cost: policy.cost };
  const chosen = candidateAt(model, peak.load, { ...at, replicas });
  return {
    basis: input.basis,
    reason: reasonOf(peak.need, policy.maxReplicas, capacityRps(model, policy.maxReplicas) <= sizedForRps),
    leadTimeSeconds: input.leadTimeSeconds,
    sizedForRps,
    peakAtMs: peak.atMs,
    serviceRateRps: model.serviceRateRps,
    offeredLoadErlangs: sizedForRps / model.serviceRateRps,
    servers,
    utilizationRatio: sizedForRps / capacityRps(model, replicas),
    waitProbability: queue?.waitProbability ?? null,
    meanResponseSeconds: queue ? queue.meanWaitSeconds + 1 / serverRateRps(model, replicas) : null,
    sloViolationProbability: chosen.sloViolationProbability,
    costPerHour: chosen.costPerHour,
    candidates: candidateCounts(peak.need.replicas, peakReplicas(model)).map((count) =>
      candidateAt(model, peak.load, { ...at, replicas: count }),
    ),
    neededReplicas: peak.need.replicas,
    buffer,
    replicas,
  };
}

function reasonOf(need: Need, maxReplicas: number, maxIsOverloaded: boolean): SizingReason {
  return need.replicas > maxReplicas && maxIsOverloaded ? 'MaxReplicasTooSmall' : need.reason;
}

function candidateCounts(neededReplicas: number, mostReplicas: number): number[] {
  const from = Math.max(1, neededReplicas - CANDIDATES_EACH_SIDE);
  const to = Math.min(mostReplicas, neededReplicas + CANDIDATES_EACH_SIDE);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
