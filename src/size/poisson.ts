/** The Poisson distribution for any mean: weights from the mode outwards, so that e^-mean never underflows. */

const NEGLIGIBLE_RATIO = 1e-18;

/** e^-m m^n / n! for n = 0 … count-1; `mean` of at least 0. */
export function poissonWeights(mean: number, count: number): Float64Array {
  const weights = new Float64Array(count);
  const start = Math.min(count - 1, Math.floor(mean));
  weights[start] = Math.exp(lnPoissonWeight(start, mean));
  for (let n = start; n + 1 < count; n += 1) weights[n + 1] = weights[n] * (mean / (n + 1));
  for (let n = start; n > 0; n -= 1) weights[n - 1] = weights[n] * (n / mean);
  return weights;
}

/** ln P(Poisson(mean) < count), finite however small it is; the smaller tail is summed, the larger is the rest of 1. */
export function lnPoissonBelow(count: number, mean: number): number {
  if (count <= 0) return -Infinity;
  if (mean === 0) return 0;
  if (mean < count) return Math.log1p(-poissonAtLeast(count, mean));
  return lnPoissonWeight(count - 1, mean) + Math.log(sumDownwards(count - 1, mean));
}

/** P(Poisson(mean) >= count), to full relative precision also where it is small. */
export function poissonAtLeast(count: number, mean: number): number {
  if (count <= 0) return 1;
  if (mean === 0) return 0;
  if (mean >= count) return -Math.expm1(lnPoissonBelow(count, mean));
  return Math.exp(lnPoissonWeight(count, mean)) * sumUpwards(count, mean);
}

/** Sum of the weights from `from` on upwards, the first as 1. */
function sumUpwards(from: number, mean: number): number {
  let sum = 1;
  let term = 1;
  for (let n = from + 1; term > NEGLIGIBLE_RATIO * sum; n += 1) {
    term *= mean / n;
    sum += term;
  }
  return sum;
}

/** The same downwards to 0. */
function sumDownwards(from: number, mean: number): number {
  const inverse = 1 / mean;
  let sum = 1;
  let term = 1;
  for (let n = from; n > 0 && term > NEGLIGIBLE_RATIO * sum; n -= 1) {
    term *= n * inverse;
    sum += term;
  }
  return sum;
}

/** n - m + n ln(m/n) - ln(n! e^n / n^n), the last by Stirling's series. */
function lnPoissonWeight(n: number, mean: number): number {
  if (n < 16) {
    let product = 1;
    for (let i = 1; i <= n; i += 1) product *= mean / i;
    return Math.log(product) - mean;
  }
  const series = 1 / (12 * n) - 1 / (360 * n ** 3) + 1 / (1260 * n ** 5) - 1 / (1680 * n ** 7);
  return n - mean + n * Math.log(mean / n) - 0.5 * Math.log(2 * Math.PI * n) - series;
}
