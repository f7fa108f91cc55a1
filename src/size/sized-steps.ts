/** What each step needs, and of several steps the one that needs the most. */
import type { Policy } from '../policy/policy.ts';
import { dispatchedQueues } from './dispatch.ts';
import type { DispatchedQueues } from './dispatch.ts';
import { demandOf, needOf, objectiveReplicas } from './needed-replicas.ts';
import type { Demand, Need } from './needed-replicas.ts';
import { isDominatedBy } from './rate-distribution.ts';
import type { ServiceModel } from './service-model.ts';
import type { TimedLoad } from './window-loads.ts';

export interface SizedStep extends TimedLoad {
  readonly demand: Demand;
  readonly need: Need;
  /** What the objective alone needs. */
  readonly floor: number;
}

export interface SizedSteps {
  readonly count: number;
  readonly at: (index: number) => SizedStep;
  /** The step of [from, to) with the largest need, the earliest of equals. */
  readonly peak: (from: number, to: number) => SizedStep;
}

/** Steps are sized when asked for, once each. */
export function sizedSteps(
  model: ServiceModel,
  loads: readonly TimedLoad[],
  policy: Pick<Policy, 'slo' | 'cost'>,
): SizedSteps {
  const known: SizedStep[] = [];
  const queues = dispatchedQueues(model);
  const at = (index: number): SizedStep => (known[index] ??= sizedStep(queues, loads[index], policy));
  return {
    count: loads.length,
    at,
    peak: (from, to) => {
      // A step that another dominates at every quantile cannot need more: from the end, as loads that rise are usual.
      let peak: SizedStep | undefined;
      for (let index = to - 1; index >= from; index -= 1) {
        if (peak !== undefined && isStrictlyDominated(loads[index], peak)) continue;
        const step = at(index);
        if (peak === undefined || step.need.replicas >= peak.need.replicas) peak = step;
      }
      if (peak === undefined) throw new RangeError('sizeReplicas: the window has no steps');
      return peak;
    },
  };
}

function isStrictlyDominated({ load }: TimedLoad, peak: SizedStep): boolean {
  return isDominatedBy(load, peak.load) && !isDominatedBy(peak.load, load);
}

function sizedStep(
  queues: DispatchedQueues,
  { atMs, load }: TimedLoad,
  policy: Pick<Policy, 'slo' | 'cost'>,
): SizedStep {
  const demand = demandOf(queues, load, policy);
  const need = needOf(demand);
  const floor = demand.prices === undefined ? need.replicas : objectiveReplicas(demand);
  return { atMs, load, demand, need, floor };
}
