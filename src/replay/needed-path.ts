import { createLoadCurve } from '../size/load-curve.ts';
import { dispatchedQueues, type DispatchedQueues } from '../size/dispatch.ts';
import { objectiveReplicas } from '../size/needed-replicas.ts';
import { distributionFromRate } from '../size/rate-distribution.ts';
import { smallestStableReplicas, type ServiceModel } from '../size/service-model.ts';
import { MOST_REPLICAS, smallestCount } from '../size/smallest-count.ts';

export interface Objective {
  readonly responseSeconds: number;
  readonly objectiveRatio: number;
}

/** The smallest count that meets the objective at each rate; -1 where the rate is NaN, at least 1 elsewhere. */
export function neededPath(ratesRps: Float64Array, model: ServiceModel, objective: Objective): Int32Array {
  const queues = dispatchedQueues(model);
  const isPlain =
    model.scalability === undefined &&
    model.losses === undefined &&
    queues.lateByService(1, objective.responseSeconds) <= 1 - objective.objectiveRatio;
  const countFor = isPlain ? plainCount : countByDemand;
  const needed = new Int32Array(ratesRps.length);
  let rate = Number.NaN;
  let count = 1;
  ratesRps.forEach((rateRps, step) => {
    if (rateRps !== rate && !Number.isNaN(rateRps)) count = countFor(queues, objective, rateRps, count);
    if (!Number.isNaN(rateRps)) rate = rateRps;
    needed[step] = Number.isNaN(rateRps) ? -1 : count;
  });
  return needed;
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
