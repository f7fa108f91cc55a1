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
  /** No station holds fewer. */
  let fewest = 0;
  const add = (station: Station): void => {
    const held = heldBy(station);
    const list = (byHeld[held] ??= []);
    station.listedHeld = held;
    station.place = list.length;
    list.push(station);
    if (held < fewest) fewest = held;
  };
  const remove = (station: Station): void => {
    const list = byHeld[station.listedHeld];
    const last = list.pop()!;
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
      while (!(byHeld[fewest]?.length > 0)) fewest += 1;
      const list = byHeld[fewest];
      return list[Math.floor(random() * list.length)];
    },
  };
}
