/**
 * How long those wait who are served in the end, where clients give up or are shed.
 *
 * A request with j others before it starts after j + 1 stages of the rates c mu + j theta, …, c mu, whose sum has the
 * density prod(rates) / (j! theta^j) e^(-c mu x) (1 - e^(-theta x))^j; over all j below m = K - c, weighted with where
 * arrivals find themselves, that is
 *   pi_c c mu e^(y - c mu x) P(Poisson(y) < m), y = lambda (1 - e^(-theta x)) / theta,
 * times e^(-theta x) for not having given up itself. Exact for either loss and for both. It is log-concave (the sum of
 * y^j / j! is, in y, and y is concave in x): one peak, and from it down on both sides ever more steeply.
 */
import { gaussLegendre } from './gauss-legendre.ts';
import { lnPoissonBelow } from './poisson.ts';

export interface ServedAfter {
  readonly arrivalRateRps: number;
  /** Of one server. */
  readonly serviceRateRps: number;
  /** c mu. */
  readonly drainRateRps: number;
  /** theta. */
  readonly abandonRateRps: number;
  /** m, whole, at least 0; may be Infinity where theta is above 0 or the load below the servers. */
  readonly roomRequests: number;
  /** ln pi_c. */
  readonly lnAllBusyProbability: number;
  /** Requests that wait in the likeliest state. */
  readonly likelyQueue: number;
}

/** What is left out on each side of the peak is below e^-32 of it. */
const REACH = 32;
/** Deviations around m within which P(Poisson(y) < m) falls from 1 to 0. */
const DROP_DEVIATIONS = 9;
const REACH_GROWTH = 1.4;
const MOST_GROWTHS = 60;
/** Densities whose integral is below this do not count. */
const NEGLIGIBLE = 1e-18;

/** P(waits, is served, and within `seconds` in all). */
export function servedInTimeProbability(wait: ServedAfter, seconds: number): number {
  if (wait.roomRequests === 0) return 0;
  const lnFactor = wait.lnAllBusyProbability + Math.log(wait.drainRateRps);
  const inTime = (x: number): number =>
    Math.exp(lnFactor + lnShape(wait, x)) * -Math.expm1(-wait.serviceRateRps * (seconds - x));
  const peak = Math.min(seconds, peakSeconds(wait));
  const lnPeak = lnShape(wait, peak);
  const from = Math.max(0, peak - reachSeconds(wait, peak, -1));
  const to = Math.min(seconds, peak + reachSeconds(wait, peak, 1));
  if (Math.exp(lnFactor + lnPeak) * (to - from) < NEGLIGIBLE) return 0;
  const edges = [from, peak, ...dropSeconds(wait), to]
    .filter((edge) => edge >= from && edge <= to)
    .sort((a, b) => a - b);
  let sum = 0;
  for (let i = 1; i < edges.length; i += 1)
    if (edges[i] > edges[i - 1]) sum += gaussLegendre(inTime, edges[i - 1], edges[i]);
  return sum;
}

/** ln of the density without its factor. */
function lnShape(wait: ServedAfter, x: number): number {
  const y = arrivedAfter(wait, x);
  return y - (wait.drainRateRps + wait.abandonRateRps) * x + lnFits(wait.roomRequests, y);
}

function arrivedAfter({ arrivalRateRps, abandonRateRps }: ServedAfter, x: number): number {
  if (abandonRateRps === 0) return arrivalRateRps * x;
  return (-arrivalRateRps * Math.expm1(-abandonRateRps * x)) / abandonRateRps;
}

/** ln P(Poisson(y) < room); far below the room it is 0. */
function lnFits(room: number, y: number): number {
  return y + DROP_DEVIATIONS * Math.sqrt(y) + 2 * DROP_DEVIATIONS < room ? 0 : lnPoissonBelow(room, y);
}

/** Where the likeliest queue is worked off: next to the peak where there is such a queue, else the peak is at 0. */
function peakSeconds({ likelyQueue, abandonRateRps, drainRateRps }: ServedAfter): number {
  return abandonRateRps > 0
    ? Math.log1p((likelyQueue * abandonRateRps) / drainRateRps) / abandonRateRps
    : likelyQueue / drainRateRps;
}

/** How far the density reaches to one side: guessed from its slope and curvature at the peak, then walked. */
function reachSeconds(wait: ServedAfter, peak: number, side: 1 | -1): number {
  if (side === -1 && peak === 0) return 0;
  const { arrivalRateRps, drainRateRps, abandonRateRps, roomRequests, likelyQueue } = wait;
  const slope = likelyQueue > 0 ? 0 : Math.max(0, drainRateRps + abandonRateRps - arrivalRateRps);
  const curvature = arrivalRateRps * abandonRateRps + drainRateRps ** 2 / (roomRequests + 1);
  const lnPeak = lnShape(wait, peak);
  let reach = (2 * REACH) / (slope + Math.sqrt(slope ** 2 + 2 * REACH * curvature));
  for (let i = 0; i < MOST_GROWTHS; i += 1) {
    const x = peak + side * reach;
    if (x <= 0 || lnPeak - lnShape(wait, x) >= REACH) break;
    reach *= REACH_GROWTH;
  }
  return reach;
}

/** Between which waits a full queue cuts the density off. */
function dropSeconds({ arrivalRateRps, abandonRateRps, roomRequests: room }: ServedAfter): number[] {
  if (room === Infinity) return [];
  return [-DROP_DEVIATIONS, DROP_DEVIATIONS]
    .map((deviations) => Math.max(0, room + deviations * Math.sqrt(room)))
    .map((y) =>
      abandonRateRps > 0
        ? -Math.log1p((-y * abandonRateRps) / arrivalRateRps) / abandonRateRps
        : y / arrivalRateRps,
    )
    .filter((x) => Number.isFinite(x));
}
