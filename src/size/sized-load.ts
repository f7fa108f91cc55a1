import type { SizingCandidate } from '../domain/sizing.ts';
import type { DispatchedQueues } from './dispatch.ts';
import { candidateAt, expectedGainRps, gainBounds, type GainBounds } from './load-curve.ts';
import { demandOf, needOf, objectiveReplicas } from './needed-replicas.ts';
import type { Demand, LikelyCounts, Need } from './needed-replicas.ts';
import type { Terms } from './prices.ts';
import type { RateDistribution } from './rate-distribution.ts';

/** A load, and what is demanded of whoever serves it. */
export interface AskedLoad {
  /** Best shared by all loads of a sizing. */
  readonly queues: DispatchedQueues;
  readonly load: RateDistribution;
  readonly terms: Terms;
}

const NONE: readonly number[] = [];

/**
 * What one load needs. Nothing is found before it is asked for, and each thing once. A fleet keeps some twenty of them
 * for each workload: what is kept is what was found, and a demand is made again where more is asked of it.
 */
export class SizedLoad implements LikelyCounts {
  /** Its load's, by which it is known again. */
  readonly ratesRps: readonly number[];
  #asked: AskedLoad | undefined;
  #demand: Demand | undefined;
  #likely: LikelyCounts | undefined;
  #need: Need | undefined;
  #objectiveReplicas: number | undefined;
  /** Count after count, each with its gain; and with what its gain lies between. Few, and no longer than they have to be. */
  #gains = NONE;
  #gainBounds = NONE;
  #chosen: SizingCandidate | undefined;

  /** `like`: of a load that is likely close. */
  constructor(asked: AskedLoad, like: LikelyCounts | undefined) {
    this.ratesRps = asked.load.ratesRps;
    this.#asked = asked;
    this.#likely = like;
  }

  /** After `settle`: under the same terms, of the same kind of queues. */
  askAgain(queues: DispatchedQueues, terms: Terms): void {
    this.#asked = { queues, load: { ratesRps: this.ratesRps }, terms };
  }

  get demand(): Demand {
    return (this.#demand ??= this.#demanded());
  }

  #demanded(): Demand {
    const { queues, load, terms } = this.#asked!;
    return demandOf(queues, load, terms);
  }

  get need(): Need {
    return (this.#need ??= needOf(this.demand, this.#likely));
  }

  get replicas(): number {
    return this.need.replicas;
  }

  get objectiveReplicas(): number {
    return (this.#objectiveReplicas ??=
      this.demand.prices === undefined
        ? this.need.replicas
        : objectiveReplicas(this.demand, this.#likely?.objectiveReplicas));
  }

  /** Requests per second that one replica more than `replicas` brings back within the SLO. */
  gainRps(replicas: number): number {
    const known = this.#gains;
    for (let at = 0; at < known.length; at += 2) if (known[at] === replicas) return known[at + 1];
    const { curve, overloadHarmRatio } = this.demand;
    const gain = expectedGainRps(curve, replicas, overloadHarmRatio);
    this.#gains = known.concat(replicas, gain);
    return gain;
  }

  /** What it lies between, told apart at least as finely as `resolutionRps`, which is the same at every call. */
  gainBounds(replicas: number, resolutionRps: number): GainBounds {
    const known = this.#gainBounds;
    for (let at = 0; at < known.length; at += 3)
      if (known[at] === replicas) return { leastRps: known[at + 1], mostRps: known[at + 2] };
    const { curve, overloadHarmRatio } = this.demand;
    const isFine = (leastRps: number, mostRps: number): boolean => mostRps - leastRps <= resolutionRps;
    const bounds = gainBounds(curve, { replicas, overloadHarmRatio }, isFine) ?? {
      leastRps: this.gainRps(replicas),
      mostRps: this.gainRps(replicas),
    };
    this.#gainBounds = known.concat(replicas, bounds.leastRps, bounds.mostRps);
    return bounds;
  }

  /** A count's line of the cost curve; that of one count is kept. */
  candidateAt(replicas: number): SizingCandidate {
    if (this.#chosen?.replicas !== replicas)
      this.#chosen = candidateAt(this.demand.curve, replicas, this.#asked!.terms.cost);
    return this.#chosen;
  }

  /** Lets go of what was only needed to find this: it may be kept for long. */
  settle(): void {
    this.#asked = undefined;
    this.#demand = undefined;
    // It may be another load, that holds on to one more.
    const objectiveReplicas = this.#need?.replicas;
    if (this.#likely instanceof SizedLoad || this.#likely?.objectiveReplicas !== objectiveReplicas)
      this.#likely = { objectiveReplicas };
  }
}
