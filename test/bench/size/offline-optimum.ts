/**
 * The cheapest plan that whoever knew every rate in advance could follow, exactly: a dynamic program over counts, the
 * start cost by prefix minima. Written apart from the product: its own Erlang recurrence, no code of the plan.
 *
 * Costs as in the product: a replica from being asked for on, each start, each late request, and OVERLOAD requests for
 * each that capacity leaves over. A replica serves `startupSeconds` after it was asked for and goes at once; who knows
 * the future asks for it so much earlier, so that every start costs its price and the start-up time. (To drop one and
 * ask for it again within the start-up time never pays: it would save less than it costs.)
 */
export interface World {
  /** Requests per second that a replica (one server) completes. */
  readonly serviceRateRps: number;
  readonly sloSeconds: number;
  readonly perReplicaSecond: number;
  readonly perViolation: number;
  readonly perStart: number;
  readonly startupSeconds: number;
}

const OVERLOAD = 4;

/** Late requests per second (weighted overload included) with 1, 2, … `most` replicas, by the Erlang B recurrence. */
export function lateByCount(
  rateRps: number,
  world: Pick<World, 'serviceRateRps' | 'sloSeconds'>,
  most: number,
): Float64Array {
  const { serviceRateRps, sloSeconds } = world;
  const load = rateRps / serviceRateRps;
  const floor = Math.exp(-serviceRateRps * sloSeconds);
  const late = new Float64Array(most + 1).fill(Infinity);
  let inverseB = 1;
  for (let count = 1; count <= most; count += 1) {
    inverseB = 1 + (count / load) * inverseB;
    const spare = count - load;
    if (!(spare > 0)) late[count] = rateRps + OVERLOAD * (rateRps - count * serviceRateRps);
    else {
      const wait = load === 0 ? 0 : 1 / (load / count + (1 - load / count) * inverseB);
      const exponent = serviceRateRps * sloSeconds * (spare - 1);
      const growth =
        Math.abs(spare - 1) < 1e-12 ? serviceRateRps * sloSeconds : -Math.expm1(-exponent) / (spare - 1);
      late[count] = rateRps * Math.min(1, floor * (1 + wait * growth));
    }
  }
  return late;
}

/** The lowest cost of any path of serving counts from 1 to `most`, the first count for free. */
export function offlineOptimum(
  steps: readonly { readonly rateRps: number; readonly seconds: number }[],
  world: World,
  most: number,
): number {
  const start = world.perStart + world.perReplicaSecond * world.startupSeconds;
  let cheapest: Float64Array | undefined;
  for (const { rateRps, seconds } of steps) {
    const late = lateByCount(rateRps, world, most);
    const reached = cheapest === undefined ? new Float64Array(most + 1) : reachable(cheapest, start);
    for (let count = 1; count <= most; count += 1)
      reached[count] += seconds * (count * world.perReplicaSecond + world.perViolation * late[count]);
    reached[0] = Infinity;
    cheapest = reached;
  }
  return cheapest === undefined ? 0 : cheapest.reduce((least, cost) => Math.min(least, cost), Infinity);
}

/** The lowest cost of being at each count: down for nothing from any above, up for a start each from any below. */
function reachable(cheapest: Float64Array, start: number): Float64Array {
  const reached = Float64Array.from(cheapest);
  for (let count = reached.length - 2; count >= 1; count -= 1)
    reached[count] = Math.min(reached[count], reached[count + 1]);
  for (let count = 2; count < reached.length; count += 1)
    reached[count] = Math.min(reached[count], reached[count - 1] + start);
  return reached;
}
