const SMALLEST_FOR_STIRLING = 16;

/** ln Gamma(x) for x above 0, by Stirling's series; relative error about 1e-15. */
export function lnGamma(x: number): number {
  let shift = 0;
  let from = x;
  for (; from < SMALLEST_FOR_STIRLING; from += 1) shift += Math.log(from);
  const series = 1 / (12 * from) - 1 / (360 * from ** 3) + 1 / (1260 * from ** 5);
  return (from - 0.5) * Math.log(from) - from + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
