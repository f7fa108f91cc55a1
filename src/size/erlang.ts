/**
 * Erlang's two formulas, to nearly full double precision for up to millions of servers.
 *
 * Everything is computed from the inverse of Erlang B, R(c) = 1 / B(c, a) = 1 + (c/a) R(c-1), R(0) = 1: all its terms
 * are positive, so nothing cancels, and no power or factorial is ever formed. (A. K. Erlang 1917; the recurrence is
 * textbook material, e.g. Cooper, Introduction to Queueing Theory, ch. 3.)
 */

/** Up to this many servers the recurrence is the faster form; above it the sum below, which is cut off. */
const RECURRENCE_SERVERS = 40;
/** Terms below this share of the sum so far no longer change a double. */
const NEGLIGIBLE_RATIO = 1e-17;

/**
 * An offered load a = arrival rate / service rate, kept as 1/a together with the rounding error of that quotient.
 * R(c) depends on a to the power of up to c: at c = 5000 the last bit of a alone would cost four digits of R.
 */
export interface OfferedLoad {
  readonly erlangs: number;
  readonly inverse: number;
  /** (1/a - inverse) / (1/a), first order. */
  readonly inverseErrorRatio: number;
}

/** a = arrivalRate / serviceRate, both in the same unit; arrivalRate at least 0, serviceRate above 0. */
export function offeredLoad(arrivalRate: number, serviceRate: number): OfferedLoad {
  const inverse = serviceRate / arrivalRate;
  const error = -productResidual(inverse, arrivalRate, serviceRate) / serviceRate;
  return {
    erlangs: arrivalRate / serviceRate,
    inverse,
    inverseErrorRatio: Number.isFinite(error) ? error : 0,
  };
}

/** x*y - z without rounding x*y first (Dekker 1971); NaN where the splitting overflows. */
export function productResidual(x: number, y: number, z: number): number {
  const product = x * y;
  const xHigh = highPart(x);
  const yHigh = highPart(y);
  const xLow = x - xHigh;
  const yLow = y - yHigh;
  const tail = xLow * yLow - (product - xHigh * yHigh - xLow * yHigh - xHigh * yLow);
  return product - z + tail;
}

function highPart(x: number): number {
  const scaled = x * 134_217_729; // 2^27 + 1
  return scaled - (scaled - x);
}

/**
 * R = 1/B for whole `servers` of at least 0. Infinity where B is below the range of doubles.
 * Relative error about 1e-15 * sqrt(number of terms).
 */
export function inverseErlangB(servers: number, load: OfferedLoad): number {
  if (servers === 0) return 1;
  const rounded =
    servers <= RECURRENCE_SERVERS
      ? recurrence(1, 0, { to: servers, inverseLoad: load.inverse })
      : truncatedSum(servers, load.inverse);
  if (rounded === Infinity) return rounded;
  // d ln R / d ln(1/a) = c - a (1 - B): what the rounding of 1/a has done to R is taken back to first order.
  const sensitivity = servers - load.erlangs * (1 - 1 / rounded);
  return rounded * (1 + load.inverseErrorRatio * sensitivity);
}

/** R(from + steps) from R(from): the step of every search that walks over neighbouring counts. */
export function climbedInverseErlangB(
  inverseBlocking: number,
  { from, steps }: { readonly from: number; readonly steps: number },
  load: OfferedLoad,
): number {
  return recurrence(inverseBlocking, from, {
    to: from + steps,
    inverseLoad: load.inverse * (1 + load.inverseErrorRatio),
  });
}

/** Four steps at a time: only the last multiplication and addition of each four have to wait for the one before. */
function recurrence(
  start: number,
  from: number,
  { to, inverseLoad }: { readonly to: number; readonly inverseLoad: number },
): number {
  let inverse = start;
  let n = from + 1;
  for (; n + 3 <= to; n += 4) {
    const fourth = (n + 3) * inverseLoad;
    const third = fourth * ((n + 2) * inverseLoad);
    const second = third * ((n + 1) * inverseLoad);
    inverse = second * (n * inverseLoad) * inverse + (second + third + fourth + 1);
  }
  for (; n <= to; n += 1) inverse = 1 + n * inverseLoad * inverse;
  return inverse;
}

/**
 * R(c) = sum over k of prod_{i<k} (c-i)/a, largest terms first once (c-k)/a < 1: there the rest is below
 * term * q/(1-q). About 9 sqrt(c) terms near saturation, whatever c is; four at a time, for the same reason.
 */
function truncatedSum(servers: number, inverseLoad: number): number {
  let sum = 1;
  let term = 1;
  let left = servers;
  while (left > 4) {
    const first = left * inverseLoad;
    const second = first * ((left - 1) * inverseLoad);
    const third = second * ((left - 2) * inverseLoad);
    const fourth = third * ((left - 3) * inverseLoad);
    sum += term * (first + second + third + fourth);
    term *= fourth;
    left -= 4;
    const ratio = left * inverseLoad;
    // The test without its division: term * ratio / (1 - ratio) < NEGLIGIBLE_RATIO * sum.
    if (sum === Infinity || (ratio < 1 && term * ratio < NEGLIGIBLE_RATIO * (1 - ratio) * sum)) return sum;
  }
  for (; left > 0; left -= 1) {
    term *= left * inverseLoad;
    sum += term;
  }
  return sum;
}

/**
 * Erlang B: the probability that all `servers` are busy in M/M/c/c (arrivals that find no free server are lost).
 * `servers`: whole, at least 0; `offeredLoadErlangs`: at least 0, may exceed `servers`. In 0..1.
 */
export function erlangB(servers: number, offeredLoadErlangs: number): number {
  if (offeredLoadErlangs === 0) return servers === 0 ? 1 : 0;
  return 1 / inverseErlangB(servers, offeredLoad(offeredLoadErlangs, 1));
}

/**
 * Erlang C: the probability that an arrival has to wait in M/M/c (Erlang's delay formula).
 * `servers`: whole, at least 1; 1 where `offeredLoadErlangs` >= servers (no steady state: everybody waits).
 */
export function erlangC(servers: number, offeredLoadErlangs: number): number {
  if (offeredLoadErlangs >= servers) return 1;
  if (offeredLoadErlangs === 0) return 0;
  const inverse = inverseErlangB(servers, offeredLoad(offeredLoadErlangs, 1));
  return waitProbabilityFrom(inverse, servers, {
    erlangs: offeredLoadErlangs,
    spareErlangs: servers - offeredLoadErlangs,
  });
}

/** C = c / (a + (c - a) R): Erlang C from the inverse of Erlang B. `spareErlangs` = c - a, to full precision. */
export function waitProbabilityFrom(
  inverseBlocking: number,
  servers: number,
  { erlangs, spareErlangs }: { readonly erlangs: number; readonly spareErlangs: number },
): number {
  return servers / (erlangs + spareErlangs * inverseBlocking);
}

/**
 * ln of Erlang C, finite also where C itself is below the range of doubles; -Infinity for no load at all.
 * `servers` and `load` as for `erlangC`.
 */
export function lnErlangC(servers: number, offeredLoadErlangs: number): number {
  if (offeredLoadErlangs >= servers) return 0;
  const probability = erlangC(servers, offeredLoadErlangs);
  if (probability > 1e-290) return Math.log(probability);
  const spareErlangs = servers - offeredLoadErlangs;
  return Math.log(servers / spareErlangs) - lnInverseErlangB(servers, offeredLoadErlangs);
}

/** ln R by the same sum, rescaled whenever it grows large; for whole `servers` of at least 1. */
function lnInverseErlangB(servers: number, offeredLoadErlangs: number): number {
  const rescaleAbove = 1e200;
  let sum = 1;
  let term = 1;
  let lnScale = 0;
  for (let left = servers; left > 0 && term > NEGLIGIBLE_RATIO * sum; left -= 1) {
    if (term > rescaleAbove) {
      lnScale += Math.log(term);
      sum /= term;
      term = 1;
    }
    term *= left / offeredLoadErlangs;
    sum += term;
  }
  return lnScale + Math.log(sum);
}
