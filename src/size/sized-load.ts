import { expectedGainRps } from './load-curve.ts';
import { needOf, objectiveReplicas } from './needed-replicas.ts';
import type { Demand, LikelyCounts, Need } from './needed-replicas.ts';

/** What one load needs. Nothing is found before it is asked for, and each thing once. */
export interface SizedLoad extends LikelyCounts {
  readonly demand: Demand;
  readonly need: Need;
  readonly replicas: number;
  readonly objectiveReplicas: number;
  /** Lets go of what was only needed to find this: it may be kept for long. */
  readonly settle: () => void;
  /** Requests per second that one replica more than `replicas` brings back within the SLO. */
  readonly gainRps: (replicas: number) => number;
}

/** `like`: of a load that is likely close. */
export function createSizedLoad(demand: Demand, like: LikelyCounts | undefined): SizedLoad {
  const gains = new Map<number, number>();
  let likely = like;
  let need: Need | undefined;
  let met: number | undefined;
  return {
    demand,
    get need() {
      return (need ??= needOf(demand, likely));
    },
    get replicas() {
      return this.need.replicas;
    },
    get objectiveReplicas() {
      return (met ??=
        demand.prices === undefined
          ? this.need.replicas
          : objectiveReplicas(demand, likely?.objectiveReplicas));
    },
    settle: () => {
      demand.curve.forget();
      demand.objective?.curve.forget();
      // It may be another load, that holds on to one more.
      likely = { objectiveReplicas: need?.replicas };
    },
    gainRps: (replicas) => {
      const gain = gains.get(replicas) ?? expectedGainRps(demand.curve, replicas, demand.overloadHarmRatio);
      gains.set(replicas, gain);
      return gain;
    },
  };
}
