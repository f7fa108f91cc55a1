/** The replicas that requests are sent to, as many as are ready; those that go finish what they hold. */
import type { Random } from '../../domain/random.ts';
import type { ServiceModel } from '../../size/service-model.ts';
import { createDispatcher } from './dispatcher.ts';
import { createStation, heldBy, type Station } from './station.ts';

export interface ReplicaPool {
  readonly choose: (random: Random) => Station;
  readonly changed: (station: Station) => void;
  /** By its number; those of stations that are gone are given again. */
  readonly stationOf: (number: number) => Station;
  /** From now on so many are ready. Returns the stations that have more servers than before. */
  readonly scale: (replicas: number) => readonly Station[];
  /** Those that are gone and still hold requests as well. */
  readonly stations: () => readonly Station[];
}

/** With a central queue there is one station with the servers of all. */
export function createReplicaPool({ dispatch, serversPerReplica }: ServiceModel): ReplicaPool {
  const dispatcher = createDispatcher(dispatch);
  const stations: Station[] = [];
  const open = (servers: number): Station => {
    const free = stations.findIndex((one) => !one.isOpen && heldBy(one) === 0);
    const station = createStation(servers, free < 0 ? stations.length : free);
    stations[station.number] = station;
    dispatcher.opened(station);
    return station;
  };
  return {
    choose: dispatcher.choose,
    changed: dispatcher.changed,
    stationOf: (number) => stations[number],
    stations: () => stations,
    scale(replicas) {
      if (dispatch === 'Central') {
        const all = stations.at(0) ?? open(0);
        all.servers = replicas * serversPerReplica;
        return [all];
      }
      while (dispatcher.openStations() < replicas) open(serversPerReplica);
      while (dispatcher.openStations() > replicas) dispatcher.close();
      return [];
    },
  };
}
