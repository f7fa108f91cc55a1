import { distributionFromRate } from '../size/rate-distribution.ts';
import { dispatchedQueues } from '../size/dispatch.ts';
import { createLoadCurve } from '../size/load-curve.ts';
import { objectiveReplicas, type LikelyCounts } from '../size/needed-replicas.ts';
import type { ServiceModel } from '../size/service-model.ts';
import type { LoadPath } from './load-path.ts';

export interface Objective {
  readonly responseSeconds: number;
  readonly objectiveRatio: number;
}

/** The smallest count that meets the objective, step by step; -1 where nothing is known, at least 1 elsewhere. */
export function neededPath(path: LoadPath, model: ServiceModel, objective: Objective): Int32Array {
  const queues = dispatchedQueues(model);
  const allowedRatio = 1 - objective.objectiveRatio;
  const needed = new Int32Array(path.ratesRps.length);
  let likely: LikelyCounts | undefined;
  let rate = Number.NaN;
  let count = 1;
  path.ratesRps.forEach((rateRps, step) => {
    if (rateRps !== rate && !Number.isNaN(rateRps)) {
      const curve = createLoadCurve(queues, distributionFromRate(rateRps), objective.responseSeconds);
      const demand = { curve, objective: { curve, allowedRatio }, overloadHarmRatio: Infinity };
      count = Math.max(1, objectiveReplicas(demand, likely));
      likely = { replicas: count, objectiveReplicas: count };
      rate = rateRps;
    }
    needed[step] = Number.isNaN(rateRps) ? -1 : count;
  });
  return needed;
}
