/** What each step needs, and of several steps the one that needs the most. */
import { dispatchedQueues } from './dispatch.ts';
import type { KnownNeed, NeedsByRates } from './known-needs.ts';
import { demandOf, needOf, objectiveReplicas } from './needed-replicas.ts';
import type { Demand, Need } from './needed-replicas.ts';
import type { Terms } from './prices.ts';
import { isDominatedBy } from './rate-distribution.ts';
import type { ServiceModel } from './service-model.ts';
import type { TimedLoad } from './window-loads.ts';

export interface SizedStep extends TimedLoad {
  readonly demand: Demand;
  readonly need: Need;
  readonly objectiveReplicas: number;
}

export interface SizedSteps {
  readonly count: number;
  readonly at: (index: number) => SizedStep;
  /** The step of [from, to) with the largest need, the earliest of equals. */
  readonly peak: (from: number, to: number) => SizedStep;
  /** What has been found so far. */
  readonly needs: () => NeedsByRates;
}

/** Steps are sized when asked for, once each; beginning with what the step before it needed, where that is known. */
export function sizedSteps(
  model: ServiceModel,
  loads: readonly TimedLoad[],
  terms: Terms,
  needs?: NeedsByRates,
): SizedSteps {
  const known: (SizedStep | undefined)[] = [];
  const queues = dispatchedQueues(model);
  const at = (index: number): SizedStep => {
    const like = known[index - 1] ?? known[index + 1];
    return (known[index] ??= sizedStep(demandOf(queues, loads[index].load, terms), loads[index], {
      like,
      needs,
    }));
  };
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
      if (peak === undefined) throw new RangeError(`peak: no steps from ${from} to ${to}`);
      return peak;
    },
    needs: () => new Map(known.flatMap((step) => (step ? [[step.load.ratesRps, neededBy(step)]] : []))),
  };
}

function neededBy({ need, objectiveReplicas }: SizedStep): KnownNeed {
  return { need, objectiveReplicas };
}

function isStrictlyDominated({ load }: TimedLoad, peak: SizedStep): boolean {
  return isDominatedBy(load, peak.load) && !isDominatedBy(peak.load, load);
}

function sizedStep(
  demand: Demand,
  timed: TimedLoad,
  known: { readonly like: SizedStep | undefined; readonly needs: NeedsByRates | undefined },
): SizedStep {
  const found = known.needs?.get(timed.load.ratesRps) ?? neededFor(demand, known.like);
  return { ...timed, demand, ...found };
}

function neededFor(demand: Demand, like: SizedStep | undefined): KnownNeed {
  const likely = like && { replicas: like.need.replicas, objectiveReplicas: like.objectiveReplicas };
  const need = needOf(demand, likely);
  const met = demand.prices === undefined ? need.replicas : objectiveReplicas(demand, likely);
  return { need, objectiveReplicas: met };
}
