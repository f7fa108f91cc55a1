import { createLoadCurve } from '../size/load-curve.ts';
import { dispatchedQueues, type DispatchedQueues } from '../size/dispatch.ts';
import { objectiveReplicas } from '../size/needed-replicas.ts';
import { distributionFromRate } from '../size/rate-distribution.ts';
import { smallestStableReplicas, type ServiceModel } from '../size/service-model.ts';
import { MOST_REPLICAS, smallestCount } from '../size/smallest-count.ts';
import type { LoadPath } from './load-path.ts';

export interface Objective {
  readonly responseSeconds: number;
  readonly objectiveRatio: number;
}

/** The smallest count that meets the objective at each step: plain data, one count for steps of the same rate. */
export interface NeededPath {
  /** -1 where nothing is known, at least 1 elsewhere. */
  readonly counts: Int32Array;
  readonly stepsPerCount: number;
}

export function neededPath(path: LoadPath, model: ServiceModel, objective: Objective): NeededPath {
  const stepsPerCount = path.isConstantInRow ? path.stepsPerRow : 1;
  const countFor = createNeededCount(model, objective);
  const counts = new Int32Array(path.steps / stepsPerCount);
  for (let i = 0; i < counts.length; i += 1) counts[i] = countFor(path.rateAt(i * stepsPerCount));
  return { counts, stepsPerCount };
}

export function neededAt({ counts, stepsPerCount }: NeededPath, step: number): number {
  return counts[Math.floor(step / stepsPerCount)];
}

/** What the first rate that is known from `step` on needs; 1 where none is. */
export function firstNeeded({ counts, stepsPerCount }: NeededPath, step: number): number {
  return counts.subarray(Math.floor(step / stepsPerCount)).find((count) => count > 0) ?? 1;
}

/** The smallest count that meets the objective at a rate, -1 for NaN; quick where rates come as a load moves. */
export function createNeededCount(model: ServiceModel, objective: Objective): (rateRps: number) => number {
  const queues = dispatchedQueues(model);
  const isPlain =
    model.scalability === undefined &&
    model.losses === undefined &&
    queues.lateByService(1, objective.responseSeconds) <= 1 - objective.objectiveRatio;
  const countFor = isPlain ? plainCount : countByDemand;
  let rate = Number.NaN;
  let count = 1;
  return (rateRps) => {
    if (Number.isNaN(rateRps)) return -1;
    if (rateRps !== rate) count = countFor(queues, objective, rateRps, count);
    rate = rateRps;
    return count;
  };
}

/** Lateness falls with every replica: from the last count it is mostly one step to the next. */
function plainCount(queues: DispatchedQueues, objective: Objective, rateRps: number, near: number): number {
  if (rateRps === 0) return 1;
  const from = smallestStableReplicas(queues.model, rateRps);
  const allowed = 1 - objective.objectiveRatio;
  const isEnough = (replicas: number): boolean =>
    (queues.at(rateRps, replicas)?.responseTail(objective.responseSeconds) ?? 1) <= allowed;
  return smallestCount({ from, limit: MOST_REPLICAS, near }, isEnough) ?? MOST_REPLICAS;
}

/** Where the objective may be out of reach, as the controller's sizing has it. */
function countByDemand(
  queues: DispatchedQueues,
  objective: Objective,
  rateRps: number,
  near: number,
): number {
  const curve = createLoadCurve(queues, distributionFromRate(rateRps), objective.responseSeconds);
  const allowedRatio = 1 - objective.objectiveRatio;
  const demand = { curve, objective: { curve, allowedRatio }, overloadHarmRatio: Infinity };
  return Math.max(1, objectiveReplicas(demand, near));
}
