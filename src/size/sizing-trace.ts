/** The sizing as it is told: the numbers behind the count. */
import type { SizingCandidate, SizingReason, SizingTrace } from '../domain/sizing.ts';
import type { ChaosVerdict } from './chaos-buffer.ts';
import { dispatchedQueue, dispatchedQueues } from './dispatch.ts';
import { candidateAt, createLoadCurve } from './load-curve.ts';
import { rateAtLevel } from './rate-distribution.ts';
import { capacityRps, peakReplicas, serverRateRps, serviceModelFrom } from './service-model.ts';
import type { ServiceModel } from './service-model.ts';
import type { SizingInput } from './sizing-input.ts';
import type { SizedStep } from './sized-steps.ts';
import type { SizedTrace } from './sized-trace.ts';

/** The quantile that the trace describes the chosen count at. */
const DESCRIBED_LEVEL = 0.95;
/** How far the printed cost curve reaches to each side of the need. */
const CANDIDATES_EACH_SIDE = 6;

export interface Sized {
  readonly input: SizingInput;
  readonly model: ServiceModel;
  readonly peak: SizedStep;
  readonly peakAtStep: number;
  readonly neededReplicas: number;
  readonly chaos: ChaosVerdict;
  /** The counts of window and horizon, this step first, as they are found when asked for. */
  readonly path: SizedTrace['path'];
}

export function sizedTrace(sized: Sized): SizedTrace {
  const { input, model, peak, peakAtStep, neededReplicas, chaos, path } = sized;
  const limit = input.dependencyLimit;
  const { buffer } = chaos;
  const wanted = neededReplicas + (buffer?.bufferReplicas ?? 0);
  // What runs already has its room: only more is refused.
  const most = limit === undefined ? Infinity : Math.max(limit.mostReplicas, input.currentReplicas);
  const replicas = Math.min(wanted, most);
  const resilience = chaos.resilienceOf(replicas);
  const sizedForRps = rateAtLevel(peak.load, DESCRIBED_LEVEL);
  const chosen = peak.sized.candidateAt(replicas);
  const told = {
    basis: input.basis,
    reason: reasonOf(sized, replicas < wanted, sizedForRps),
    leadTimeSeconds: input.leadTimeSeconds,
    sizedForRps,
    ...stateOf(model, sizedForRps, replicas),
    sloViolationProbability: chosen.sloViolationProbability,
    costPerHour: chosen.costPerHour,
    neededReplicas,
    buffer,
    ...(resilience && { resilience }),
    replicas,
    ...(replicas < wanted && limit !== undefined && { dependency: limit }),
  };
  return { told, candidates: candidatesOf(sized), peakAtStep, peakRatesRps: peak.load.ratesRps, path };
}

/** Holds on to nothing but what the curve is drawn from: it may be kept for long, and never be asked. */
function candidatesOf(sized: Sized): () => readonly SizingCandidate[] {
  const { neededReplicas } = sized;
  const { ratesRps } = sized.peak.load;
  const { policy, serviceRateRps } = sized.input;
  let drawn: readonly SizingCandidate[] | undefined;
  return () => {
    if (drawn !== undefined) return drawn;
    const { cost, slo } = policy;
    const model = serviceModelFrom(policy, serviceRateRps);
    const curve = createLoadCurve(dispatchedQueues(model), { ratesRps }, slo.responseSeconds);
    const counts = candidateCounts(neededReplicas, peakReplicas(model));
    drawn = counts.map((count) => candidateAt(curve, count, cost));
    return drawn;
  };
}

type State = Pick<
  SizingTrace,
  | 'serviceRateRps'
  | 'offeredLoadErlangs'
  | 'servers'
  | 'utilizationRatio'
  | 'waitProbability'
  | 'meanResponseSeconds'
>;

/** The queue at one rate. */
function stateOf(model: ServiceModel, rateRps: number, replicas: number): State {
  const serviceRateRps = serverRateRps(model, replicas);
  const queue = dispatchedQueue(model, rateRps, replicas);
  return {
    serviceRateRps: model.serviceRateRps,
    offeredLoadErlangs: rateRps / model.serviceRateRps,
    servers: replicas * model.serversPerReplica,
    utilizationRatio: rateRps / capacityRps(model, replicas),
    waitProbability: queue?.waitProbability ?? null,
    meanResponseSeconds: queue ? queue.meanWaitSeconds + 1 / serviceRateRps : null,
  };
}

function reasonOf({ input, model, peak }: Sized, isHeld: boolean, sizedForRps: number): SizingReason {
  if (isHeld) return 'DependencyLimit';
  const { maxReplicas } = input.policy;
  const maxIsOverloaded = capacityRps(model, maxReplicas) <= sizedForRps;
  return peak.sized.need.replicas > maxReplicas && maxIsOverloaded
    ? 'MaxReplicasTooSmall'
    : peak.sized.need.reason;
}

function candidateCounts(neededReplicas: number, mostReplicas: number): number[] {
  const from = Math.max(1, neededReplicas - CANDIDATES_EACH_SIDE);
  const to = Math.min(mostReplicas, neededReplicas + CANDIDATES_EACH_SIDE);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
