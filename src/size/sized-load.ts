import { expectedGainRps } from './load-curve.ts';
import { needOf, objectiveReplicas } from './needed-replicas.ts';
import type { Demand, LikelyCounts, Need } from './needed-replicas.ts';

/** What one load needs. Nothing is found before it is asked for, and each thing once. */
export interface SizedLoad extends LikelyCounts {
  readonly demand: Demand;
  readonly need: Need;
  readonly replicas: number;
  readonly objectiveReplicas: number;
  /** Requests per second that one replica more than `replicas` brings back within the SLO. */
  readonly gainRps: (replicas: number) => number;
}

/** `like`: of a load that is likely close. */
export function createSizedLoad(demand: Demand, like: LikelyCounts | undefined): SizedLoad {
  const gains = new Map<number, number>();
  let need: Need | undefined;
  let met: number | undefined;
  return {
    demand,
    get need() {
      return (need ??= needOf(demand, like));
    },
    get replicas() {
      return this.need.replicas;
    },
    get objectiveReplicas() {
      return (met ??=
        demand.prices === undefined
          ? this.need.replicas
          : objectiveReplicas(demand, like?.objectiveReplicas));
    },
    gainRps: (replicas) => {
      const gain = gains.get(replicas) ?? expectedGainRps(demand.curve, replicas, demand.overloadHarmRatio);
      gains.set(replicas, gain);
      return gain;
    },
  };
}
