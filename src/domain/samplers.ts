/** Random variates from a uniform generator, by published methods; the same numbers from the same seed. */
import type { Random } from './random.ts';

/** Standard normal: polar method (Marsaglia & Bray 1964). */
export function sampleNormal(random: Random): number {
  for (;;) {
    const u = 2 * random() - 1;
    const v = 2 * random() - 1;
    const s = u * u + v * v;
    if (s > 0 && s < 1) return u * Math.sqrt((-2 * Math.log(s)) / s);
  }
}

/** Gamma with the given shape (at least 1) and mean 1: squeeze on a cubed normal (Marsaglia & Tsang 2000). */
export function sampleGammaOfMeanOne(random: Random, shape: number): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = sampleNormal(random);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    if (Math.log(1 - random()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / shape;
  }
}

/** Poisson count: products of uniforms for small means (Knuth), transformed rejection from 10 on. */
export function samplePoisson(random: Random, mean: number): number {
  return mean < 10 ? poissonByProducts(random, mean) : poissonByRejection(random, mean);
}

function poissonByProducts(random: Random, mean: number): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count += 1;
  return count;
}

/** Algorithm PTRS of Hörmann, "The transformed rejection method for generating Poisson random variables" (1993). */
function poissonByRejection(random: Random, mean: number): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  for (;;) {
    const u = random() - 0.5;
    const v = 1 - random();
    const distance = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / distance + b) * u + mean + 0.43);
    if (distance >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2)) return count;
    if (count < 0 || (distance < 0.013 && v > distance)) continue;
    const hat = Math.log((v * inverseAlpha) / (a / (distance * distance) + b));
    if (hat <= count * Math.log(mean) - mean - logFactorial(count)) return count;
  }
}

/** ln(n!) by Stirling's series, exact to 1e-10 from n = 10 on; by multiplication below. */
export function logFactorial(n: number): number {
  if (n < 10) {
    let product = 1;
    for (let k = 2; k <= n; k += 1) product *= k;
    return Math.log(product);
  }
  const x = n + 1;
  const correction = (1 / 12 - (1 / 360 - 1 / (1260 * x * x)) / (x * x)) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + correction;
}
