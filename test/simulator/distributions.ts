import type { Random } from '../../src/domain/random.ts';

/** A draw of one time, in seconds. */
export type Draw = (random: Random) => number;

export function exponential(rate: number): Draw {
  return (random) => -Math.log1p(-random()) / rate;
}

export function constant(seconds: number): Draw {
  return () => seconds;
}

/** Lognormal with this mean and squared coefficient of variation. */
export function lognormal(meanSeconds: number, squaredVariation: number): Draw {
  const variance = Math.log1p(squaredVariation);
  const location = Math.log(meanSeconds) - variance / 2;
  return (random) => Math.exp(location + Math.sqrt(variance) * gaussian(random));
}

/** Two exponentials mixed with balanced means: squared coefficient of variation of at least 1. */
export function hyperexponential(meanSeconds: number, squaredVariation: number): Draw {
  const share = (1 + Math.sqrt((squaredVariation - 1) / (squaredVariation + 1))) / 2;
  const often = exponential((2 * share) / meanSeconds);
  const rarely = exponential((2 * (1 - share)) / meanSeconds);
  return (random) => (random() < share ? often(random) : rarely(random));
}

/** Sum of `phases` exponentials: squared coefficient of variation 1/phases. */
export function erlang(phases: number, meanSeconds: number): Draw {
  const phase = exponential(phases / meanSeconds);
  return (random) => {
    let sum = 0;
    for (let i = 0; i < phases; i += 1) sum += phase(random);
    return sum;
  };
}

/** Standard normal (Box and Muller 1958). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log1p(-random())) * Math.cos(2 * Math.PI * random());
}
