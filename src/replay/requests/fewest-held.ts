import type { Random } from '../../domain/random.ts';
import { heldBy, type Station } from './station.ts';

/** Stations in one list for each count of requests held, so that one of the emptiest is found without a search. */
export interface FewestHeld {
  /** One of those that hold the fewest, at random. */
  readonly choose: (random: Random) => Station;
  readonly add: (station: Station) => void;
  readonly remove: (station: Station) => void;
  /** Moves a station to the list of what it holds now. */
  readonly changed: (station: Station) => void;
}

export function createFewestHeld(): FewestHeld {
  const byHeld: Station[][] = [];
  const listOf = new Map<Station, number>();
  const add = (station: Station): void => {
    const held = heldBy(station);
    const list = (byHeld[held] ??= []);
    station.place = list.length;
    list.push(station);
    listOf.set(station, held);
  };
  const remove = (station: Station): void => {
    const list = byHeld[listOf.get(station)!];
    const last = list.pop()!;
    listOf.delete(station);
    if (last === station) return;
    list[station.place] = last;
    last.place = station.place;
  };
  return {
    add,
    remove,
    changed(station) {
      remove(station);
      add(station);
    },
    choose(random) {
      const fewest = byHeld.find((list) => list !== undefined && list.length > 0)!;
      return fewest[Math.floor(random() * fewest.length)];
    },
  };
}
