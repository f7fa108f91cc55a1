/** Which replica a request goes to, while replicas come and go. */
import type { Random } from '../../domain/random.ts';
import type { Dispatch } from '../../policy/policy.ts';
import { createFewestHeld } from './fewest-held.ts';
import { heldBy, type Station } from './station.ts';

export interface Dispatcher {
  /** One of those that are open; there must be one. */
  readonly choose: (random: Random) => Station;
  readonly opened: (station: Station) => void;
  /** The one that was opened last stops taking requests; there must be one. */
  readonly close: () => Station;
  readonly openStations: () => number;
  /** What the station holds has changed. */
  readonly changed: (station: Station) => void;
}

/** With a central queue there is one station, and nothing to choose. */
export function createDispatcher(dispatch: Dispatch): Dispatcher {
  const open: Station[] = [];
  const fewest = dispatch === 'LeastRequests' ? createFewestHeld() : undefined;
  const choose = fewest?.choose ?? choiceAmong(open, dispatch);
  return {
    choose,
    openStations: () => open.length,
    opened(station) {
      open.push(station);
      fewest?.add(station);
    },
    close() {
      const station = open.pop()!;
      fewest?.remove(station);
      station.isOpen = false;
      return station;
    },
    changed: (station) => {
      if (station.isOpen) fewest?.changed(station);
    },
  };
}

function choiceAmong(open: readonly Station[], dispatch: Dispatch): (random: Random) => Station {
  switch (dispatch) {
    case 'RoundRobin': {
      let turn = -1;
      return () => open[(turn = (turn + 1) % open.length)];
    }
    case 'PowerOfTwo':
      return (random) => emptierOfTwo(open, random);
    default:
      return (random) => open[Math.floor(random() * open.length)];
  }
}

/** Of two different ones at random; either of them where they hold as many. */
function emptierOfTwo(open: readonly Station[], random: Random): Station {
  const first = Math.floor(random() * open.length);
  if (open.length === 1) return open[first];
  const second = (first + 1 + Math.floor(random() * (open.length - 1))) % open.length;
  return heldBy(open[second]) < heldBy(open[first]) ? open[second] : open[first];
}
