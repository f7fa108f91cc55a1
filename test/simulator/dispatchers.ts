import type { Random } from '../../src/domain/random.ts';
import type { Dispatch } from '../../src/policy/policy.ts';

/** Which replica a request goes to, and what the choice must know of the requests each replica holds. */
export interface Dispatcher {
  readonly choose: (random: Random) => number;
  readonly joined: (replica: number) => void;
  readonly left: (replica: number) => void;
}

/** `Central` is not a choice between replicas: the simulator gives it one replica with all servers. */
export function createDispatcher(dispatch: Exclude<Dispatch, 'Central'>, replicas: number): Dispatcher {
  switch (dispatch) {
    case 'Random':
      return { choose: (random) => Math.floor(random() * replicas), joined: ignore, left: ignore };
    case 'RoundRobin':
      return createRoundRobin(replicas);
    case 'PowerOfTwo':
      return createPowerOfTwo(replicas);
    case 'LeastRequests':
      return createLeastRequests(replicas);
  }
}

function ignore(): void {
  // These dispatchers do not look at what replicas hold.
}

function createRoundRobin(replicas: number): Dispatcher {
  let last = -1;
  return {
    choose: () => {
      last = (last + 1) % replicas;
      return last;
    },
    joined: ignore,
    left: ignore,
  };
}

/** Two different replicas at random; the emptier one, either of them where they are equal. */
function createPowerOfTwo(replicas: number): Dispatcher {
  const held = new Int32Array(replicas);
  return {
    choose(random) {
      const first = Math.floor(random() * replicas);
      if (replicas === 1) return first;
      const second = (first + 1 + Math.floor(random() * (replicas - 1))) % replicas;
      return held[second] < held[first] ? second : first;
    },
    joined: (replica) => (held[replica] += 1),
    left: (replica) => (held[replica] -= 1),
  };
}

/** A random one of the replicas with the fewest requests: replicas are kept in one list for each count held. */
function createLeastRequests(replicas: number): Dispatcher {
  const held = new Int32Array(replicas);
  const place = Int32Array.from({ length: replicas }, (_, i) => i);
  const byHeld: number[][] = [Array.from({ length: replicas }, (_, i) => i)];
  let fewest = 0;
  const move = (replica: number, to: number): void => {
    const from = byHeld[held[replica]];
    const last = from.pop()!;
    if (last !== replica) {
      from[place[replica]] = last;
      place[last] = place[replica];
    }
    const target = (byHeld[to] ??= []);
    place[replica] = target.length;
    target.push(replica);
    held[replica] = to;
  };
  return {
    choose(random) {
      const candidates = byHeld[fewest];
      return candidates[Math.floor(random() * candidates.length)];
    },
    joined(replica) {
      move(replica, held[replica] + 1);
      while (byHeld[fewest].length === 0) fewest += 1;
    },
    left(replica) {
      move(replica, held[replica] - 1);
      fewest = Math.min(fewest, held[replica]);
    },
  };
}
