/** What each step needs, and of several steps the one that needs the most. */
import { dispatchedQueues } from './dispatch.ts';
import type { LikelyCounts } from './needed-replicas.ts';
import type { Terms } from './prices.ts';
import { isDominatedBy, type RateDistribution } from './rate-distribution.ts';
import type { ServiceModel } from './service-model.ts';
import { SizedLoad } from './sized-load.ts';

export interface SizedStep {
  readonly load: RateDistribution;
  readonly sized: SizedLoad;
}

export interface SizedSteps {
  readonly count: number;
  readonly at: (index: number) => SizedStep;
  /** The step of [from, to) with the largest need, the earliest of equals. */
  readonly peak: (from: number, to: number) => SizedStep;
  /** What has been looked at so far. */
  readonly known: () => readonly SizedLoad[];
}

/** What earlier sizings found: of the same loads, and the counts that were likely. */
export interface FoundBefore {
  readonly loads: readonly SizedLoad[];
  readonly likely: LikelyCounts;
}

/** A step's search begins with what the step before it needed, where that is known, or with what was likely before. */
export function sizedSteps(
  model: ServiceModel,
  loads: readonly RateDistribution[],
  terms: Terms,
  before?: FoundBefore,
): SizedSteps {
  const known: (SizedStep | undefined)[] = [];
  const queues = dispatchedQueues(model);
  const sizedAt = (index: number): SizedLoad => {
    const load = loads[index];
    const neighbour = (known[index - 1] ?? known[index + 1])?.sized;
    const found = before?.loads.find(({ ratesRps }) => ratesRps === load.ratesRps);
    found?.askAgain(queues, terms);
    return found ?? new SizedLoad({ queues, load, terms }, neighbour ?? before?.likely);
  };
  const at = (index: number): SizedStep => (known[index] ??= { load: loads[index], sized: sizedAt(index) });
  return {
    count: loads.length,
    at,
    peak: (from, to) => {
      // A step that another dominates at every quantile cannot need more: from the end, as loads that rise are usual.
      let peak: SizedStep | undefined;
      for (let index = to - 1; index >= from; index -= 1) {
        if (peak !== undefined && isStrictlyDominated(loads[index], peak)) continue;
        const step = at(index);
        if (peak === undefined || step.sized.need.replicas >= peak.sized.need.replicas) peak = step;
      }
      if (peak === undefined) throw new RangeError(`peak: no steps from ${from} to ${to}`);
      return peak;
    },
    // Not every step has been looked at.
    known: () => known.flatMap((step) => step?.sized ?? []),
  };
}

function isStrictlyDominated(load: RateDistribution, peak: SizedStep): boolean {
  return isDominatedBy(load, peak.load) && !isDominatedBy(peak.load, load);
}
