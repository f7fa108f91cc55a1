/** A replica, or the one queue of all: servers that work on requests first come first served. */

export interface Station {
  servers: number;
  /** Servers at work. More than `servers` while the last requests of those that are gone are finished. */
  busy: number;
  /** Arrival instants of those that wait, in seconds, from `next` on. */
  readonly waiting: number[];
  next: number;
  /** Whether requests are sent to it; one that is on its way out finishes what it holds. */
  isOpen: boolean;
  /** Which of the pool's stations it is: a whole number that a calendar can carry. */
  readonly number: number;
  /** Where its dispatcher keeps it: in the list of those that hold as many, and its place there. */
  listedHeld: number;
  place: number;
}

export function createStation(servers: number, number: number): Station {
  return { servers, busy: 0, waiting: [], next: 0, isOpen: true, number, listedHeld: 0, place: 0 };
}

export function waitingAt({ waiting, next }: Station): number {
  return waiting.length - next;
}

/** In service and waiting. */
export function heldBy(station: Station): number {
  return station.busy + waitingAt(station);
}

const FORGOTTEN_AT_ONCE = 1024;

/** Arrival instant of the first that waits; there must be one. */
export function takeFirst(station: Station): number {
  const first = station.waiting[station.next];
  station.next += 1;
  if (station.next === station.waiting.length || station.next >= FORGOTTEN_AT_ONCE) {
    station.waiting.splice(0, station.next);
    station.next = 0;
  }
  return first;
}
