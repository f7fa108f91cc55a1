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

/**
 * What one load needs. Nothing is found before it is asked for, and each thing once. A fleet keeps some twenty of them
 * for each workload: what is kept is what was found, and a demand is made again where more is asked of it.
 */
export class SizedLoad implements LikelyCounts {
  readonly #asked: AskedLoad;
  #demand: Demand | undefined;
  #likely: LikelyCounts | undefined;
  #need: Need | undefined;
  #objectiveReplicas: number | undefined;
  #gains: Map<number, number> | undefined;
  #gainBounds: Map<number, GainBounds> | undefined;
  #chosen: SizingCandidate | undefined;

  /** `like`: of a load that is likely close. */
  constructor(asked: AskedLoad, like: LikelyCounts | undefined) {
    this.#asked = asked;
    this.#likely = like;
  }

  get demand(): Demand {
    return (this.#demand ??= demandOf(this.#asked.queues, this.#asked.load, this.#asked.terms));
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
    const known = this.#gains?.get(replicas);
    if (known !== undefined) return known;
    const { curve, overloadHarmRatio } = this.demand;
    const gain = expectedGainRps(curve, replicas, overloadHarmRatio);
    (this.#gains ??= new Map()).set(replicas, gain);
    return gain;
  }

  /** What it lies between, told apart at least as finely as `resolutionRps`, which is the same at every call. */
  gainBounds(replicas: number, resolutionRps: number): GainBounds {
    const known = this.#gainBounds?.get(replicas);
    if (known !== undefined) return known;
    const { curve, overloadHarmRatio } = this.demand;
    const isFine = ({ leastRps, mostRps }: GainBounds): boolean => mostRps - leastRps <= resolutionRps;
    const bounds = gainBounds(curve, { replicas, overloadHarmRatio }, isFine) ?? {
      leastRps: this.gainRps(replicas),
      mostRps: this.gainRps(replicas),
    };
    (this.#gainBounds ??= new Map()).set(replicas, bounds);
    return bounds;
  }

  /** A count's line of the cost curve; that of one count is kept. */
  candidateAt(replicas: number): SizingCandidate {
    if (this.#chosen?.replicas !== replicas)
      this.#chosen = candidateAt(this.demand.curve, replicas, this.#asked.terms.cost);
    return this.#chosen;
  }

  /** Lets go of what was only needed to find this: it may be kept for long. */
  settle(): void {
    this.#demand = undefined;
    // It may be another load, that holds on to one more.
    this.#likely = { objectiveReplicas: this.#need?.replicas };
  }
}
