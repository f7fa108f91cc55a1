/**
 * How much each expert counts, learnt from what came. Two things are combined. Stacking: the convex combination with the
 * least (Huber-weighted, forgetting) squared error of the past (Breiman 1996), found by exponentiated gradient (Kivinen
 * and Warmuth 1997). And shares of the experts and of that combination that follow the absolute error of the median
 * (expert-shares.ts). The stack learns from errors in the series' scale, divided by what was to be expected, so that the night
 * tells as much as the day; the shares by more than half from errors in requests per second, as what is missed at the peak is what costs.
 * Feedback comes when the whole horizon is known, and no earlier.
 */
import type { RateScale } from '../../scale.ts';
import { ExpertShares } from './expert-shares.ts';

/** What losses in requests per second count in the shares; the rest are the standardised ones. */
const RPS_PART = 0.6;
/** What of the past counts one round later. */
const SQUARES_MEMORY = 0.99;
/** Errors of the stack beyond this many usual ones count linearly. */
const HUBER_LIMIT = 3;
/** Stacking: pull towards equal weights, step, largest gradient (in mean ones), least weight, steps per round. */
const PULL = 0.1;
const GRADIENT_STEP = 0.5;
const MOST_GRADIENT = 3;
const LEAST_WEIGHT = 1e-4;
const STEPS_PER_ROUND = 5;

/** What was forecast and what came of it, [expert * steps + step] and [step], in the scale of the errors. */
export interface Round {
  /** Of the experts, and last of their stacked combination. */
  readonly paths: Float32Array;
  readonly sizes: Float32Array;
  /** NaN where no sample came. */
  readonly actuals: Float64Array;
  readonly scale: RateScale;
}

export class Mixture {
  readonly #experts: number;
  readonly #steps: number;
  /** Of the experts and the stack. */
  readonly #shares: ExpertShares;
  readonly #stack: Float64Array;
  /** Sums of products of the experts' errors. */
  readonly #squares: Float64Array;
  #stackErrorSum = 0;
  #stackErrorCount = 0;

  constructor(experts: number, steps: number) {
    this.#experts = experts;
    this.#steps = steps;
    this.#shares = new ExpertShares(experts + 1);
    this.#stack = new Float64Array(experts).fill(1 / experts);
    this.#squares = new Float64Array(experts * experts);
  }

  /** Shares of the experts in what is served; they sum to 1. */
  shares(): number[] {
    const { shares } = this.#shares;
    const stacked = shares[this.#experts];
    return Array.from(this.#stack, (share, expert) => shares[expert] + stacked * share);
  }

  /** Writes the stacked path behind the experts' paths, and the mixture into `mixed`. */
  mix(paths: Float32Array, mixed: Float32Array): void {
    const experts = this.#experts;
    const steps = this.#steps;
    const { shares } = this.#shares;
    for (let step = 0; step < steps; step += 1) {
      let stacked = 0;
      let value = 0;
      for (let expert = 0, at = step; expert < experts; expert += 1, at += steps) {
        stacked += this.#stack[expert] * paths[at];
        value += shares[expert] * paths[at];
      }
      paths[experts * steps + step] = stacked;
      mixed[step] = value + shares[experts] * stacked;
    }
  }

  /** One round of feedback. */
  learn(round: Round): void {
    this.#shares.learn([
      { losses: this.#standardisedLosses(round), part: 1 - RPS_PART },
      { losses: this.#lossesRps(round), part: RPS_PART },
    ]);
    this.#restack(round);
  }

  /** Sums of the absolute errors of the experts and the stack in their scale, standardised; NaN where nothing came. */
  #standardisedLosses({ paths, sizes, actuals }: Round): Float64Array {
    return this.#summed(actuals, (step, at) => Math.abs(actuals[step] - paths[at]) / sizes[step]);
  }

  /** The same in requests per second. */
  #lossesRps({ paths, actuals, scale }: Round): Float64Array {
    const [pathsRps, actualsRps] = [paths, actuals].map((scaled) => {
      const rates = new Float64Array(scaled);
      scale.makeRps(rates, rates.length);
      return rates;
    });
    return this.#summed(actuals, (step, at) => Math.abs(actualsRps[step] - pathsRps[at]));
  }

  #summed(actuals: Float64Array, lossAt: (step: number, at: number) => number): Float64Array {
    const losses = new Float64Array(this.#experts + 1);
    let known = 0;
    for (let step = 0; step < this.#steps; step += 1) {
      if (Number.isNaN(actuals[step])) continue;
      known += 1;
      for (let expert = 0, at = step; expert < losses.length; expert += 1, at += this.#steps)
        losses[expert] += lossAt(step, at);
    }
    return known > 0 ? losses : losses.fill(Number.NaN);
  }

  #restack(round: Round): void {
    for (let i = 0; i < this.#squares.length; i += 1) this.#squares[i] *= SQUARES_MEMORY;
    this.#stackErrorSum *= SQUARES_MEMORY;
    this.#stackErrorCount *= SQUARES_MEMORY;
    const errors = new Float64Array(this.#experts);
    for (let step = 0; step < this.#steps; step += 1)
      if (!Number.isNaN(round.actuals[step])) this.#addSquares(round, step, errors);
    for (let i = 0; i < STEPS_PER_ROUND; i += 1) this.#descend();
  }

  #addSquares({ paths, sizes, actuals }: Round, step: number, errors: Float64Array): void {
    const experts = this.#experts;
    let stackError = 0;
    for (let expert = 0, at = step; expert < experts; expert += 1, at += this.#steps) {
      errors[expert] = (actuals[step] - paths[at]) / sizes[step];
      stackError += this.#stack[expert] * errors[expert];
    }
    const size = Math.abs(stackError);
    this.#stackErrorSum += size;
    this.#stackErrorCount += 1;
    const limit = (HUBER_LIMIT * this.#stackErrorSum) / this.#stackErrorCount;
    const weight = size > limit ? limit / size : 1;
    for (let i = 0; i < experts; i += 1)
      for (let j = 0; j < experts; j += 1) this.#squares[i * experts + j] += weight * errors[i] * errors[j];
  }

  /** One step of exponentiated gradient towards the combination with the least squared error. */
  #descend(): void {
    const experts = this.#experts;
    const stack = this.#stack;
    const gradient = new Float64Array(experts);
    let least = Infinity;
    for (let i = 0; i < experts; i += 1) least = Math.min(least, this.#squares[i * experts + i]);
    let mean = 0;
    for (let i = 0; i < experts; i += 1) {
      let sum = PULL * least * (stack[i] - 1 / experts);
      for (let j = 0; j < experts; j += 1) sum += this.#squares[i * experts + j] * stack[j];
      gradient[i] = sum;
      mean += stack[i] * sum;
    }
    if (!(mean > 0)) return;
    for (let i = 0; i < experts; i += 1) {
      const excess = Math.max(-MOST_GRADIENT, Math.min(MOST_GRADIENT, (gradient[i] - mean) / mean));
      stack[i] *= Math.exp(-GRADIENT_STEP * excess);
    }
    keepAlive(stack);
  }
}

/** Makes the weights sum to 1, none below the least. */
function keepAlive(weights: Float64Array): void {
  let total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i += 1) weights[i] = Math.max(LEAST_WEIGHT, weights[i] / total);
  total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let i = 0; i < weights.length; i += 1) weights[i] /= total;
}
