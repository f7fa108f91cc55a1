/** No search goes beyond; a service that wants more has another problem than its replica count. */
export const MOST_REPLICAS = 2 ** 30;

export interface CountRange {
  readonly from: number;
  readonly limit: number;
  /** Where to look first; `from` where nobody says. A good guess saves most of the search, a bad one costs a little. */
  readonly near?: number | undefined;
}

/**
 * The smallest whole number of at least `from` for which `isEnough` holds, given that it holds for every larger one
 * as soon as it holds for one: doubling steps, then bisection. undefined where it does not hold up to `limit`.
 */
export function smallestCount(range: CountRange, isEnough: (count: number) => boolean): number | undefined {
  const { from, limit, near = from } = range;
  const start = Math.min(limit, Math.max(from, near));
  return isEnough(start) ? countBelow(start, from, isEnough) : countAbove(start, limit, isEnough);
}

function countBelow(start: number, from: number, isEnough: (count: number) => boolean): number {
  let enough = start;
  for (let step = 1; enough > from; step *= 2) {
    const fewer = Math.max(from, enough - step);
    if (!isEnough(fewer)) return bisected(fewer, enough, isEnough);
    enough = fewer;
  }
  return from;
}

function countAbove(start: number, limit: number, isEnough: (count: number) => boolean): number | undefined {
  let tooFew = start;
  for (let step = 1; tooFew < limit; step *= 2) {
    const more = Math.min(limit, tooFew + step);
    if (isEnough(more)) return bisected(tooFew, more, isEnough);
    tooFew = more;
  }
  return undefined;
}

function bisected(tooFew: number, enough: number, isEnough: (count: number) => boolean): number {
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
