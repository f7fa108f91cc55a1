/** No search goes beyond; a service that wants more has another problem than its replica count. */
export const MOST_REPLICAS = 2 ** 30;

/**
 * The smallest whole number of at least `from` for which `isEnough` holds, given that it holds for every larger one
 * as soon as it holds for one: doubling steps, then bisection. undefined where it does not hold up to `limit`.
 */
export function smallestCount(
  { from, limit }: { readonly from: number; readonly limit: number },
  isEnough: (count: number) => boolean,
): number | undefined {
  if (isEnough(from)) return from;
  let tooFew = from;
  let enough = Math.min(limit, from + 1);
  for (let step = 2; !isEnough(enough); step *= 2) {
    if (enough >= limit) return undefined;
    tooFew = enough;
    enough = Math.min(limit, enough + step);
  }
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (isEnough(middle)) enough = middle;
    else tooFew = middle;
  }
  return enough;
}
