import { fitLaw, inverseOf, logRateAt, misfit, normalEquations, slopesAt } from './law.ts';
import type { CountGroup, LawParameters } from './law.ts';
import { median, robustSpread } from './median.ts';
import { clipped, neighbourCorrelation } from './service-rate.ts';
import { tQuantile } from './student-t.ts';

/** What each of `replicas` completed per second when it was, or would have been, at full use. */
export interface CountSample {
  readonly atMs: number;
  readonly replicas: number;
  readonly rateRps: number;
}

/** The law through the samples, and what its parameters' intervals are read from. */
export interface LawRegression {
  /** Without constraints: contention and coherency may be negative. */
  readonly parameters: LawParameters;
  readonly groups: readonly CountGroup[];
  /** Misfit of the groups that is worth one squared standard error of each parameter. */
  readonly errorUnits: LawParameters;
  readonly standardErrors: LawParameters;
  readonly covariance: readonly (readonly number[])[];
  /** Standard errors of a 95 % interval. */
  readonly quantile: number;
}

export const ALL_PARAMETERS = [0, 1, 2];
const PARAMETERS = 3;
/** Beyond so many standard deviations a sample counts no more than one at this distance (Huber 1964). */
const CLIP = 1.345;
const MAX_ROUNDS = 60;
const SETTLED = 1e-9;
/** Logarithms that agree to this are equal. */
const ROUNDING = 1e-12;

/**
 * Huber's regression: samples are pulled in to CLIP spreads from the law and the law is fitted to what that gives,
 * until neither moves. undefined where the samples cannot tell the three parameters apart.
 */
export function regressLaw(samples: readonly CountSample[]): LawRegression | undefined {
  let parameters = firstGuess(samples);
  let limit = 0;
  for (let round = 0; parameters !== undefined && round < MAX_ROUNDS; round += 1) {
    const residuals = residualsOf(samples, parameters);
    limit = Math.max(
      ROUNDING,
      CLIP * robustSpread(residuals) * Math.sqrt(samples.length / degreesOf(samples)),
    );
    const before: LawParameters = parameters;
    const pulled = samples.map(
      ({ replicas }, i) => logRateAt(before, replicas) + clipped(residuals[i], limit),
    );
    parameters = fitLaw(groupsOf(samples, pulled), parameters, ALL_PARAMETERS);
    if (isSettled(before, parameters)) break;
  }
  return parameters && withErrors(samples, { parameters, limit });
}

function degreesOf(samples: readonly unknown[]): number {
  return samples.length - PARAMETERS;
}

/** Relative errors, whose mean is 0 where that of the throughput's noise is; logarithms would lean down with it. */
function residualsOf(samples: readonly CountSample[], parameters: LawParameters): number[] {
  return samples.map(({ replicas, rateRps }) => rateRps / Math.exp(logRateAt(parameters, replicas)) - 1);
}

function isSettled(before: LawParameters, after: LawParameters): boolean {
  return after.every((value, i) => Math.abs(value - before[i]) <= SETTLED * (Math.abs(value) + SETTLED));
}

/** 1 / rate is linear in 1/gamma, contention/gamma and coherency/gamma; medians, so that no outlier leads astray. */
function firstGuess(samples: readonly CountSample[]): LawParameters | undefined {
  const logs = samples.map(({ rateRps }) => Math.log(rateRps));
  const groups = groupsOf(samples, logs, median);
  const squares = ALL_PARAMETERS.map(() => [0, 0, 0]);
  const pulls = [0, 0, 0];
  for (const { replicas, samples: weight, meanLog } of groups) {
    const rate = Math.exp(meanLog);
    // Relative errors: the equation for 1 / rate, times the rate.
    const terms = [rate, rate * (replicas - 1), rate * replicas * (replicas - 1)];
    for (let i = 0; i < PARAMETERS; i += 1) {
      pulls[i] += weight * terms[i];
      for (let j = 0; j < PARAMETERS; j += 1) squares[i][j] += weight * terms[i] * terms[j];
    }
  }
  const inverse = inverseOf(squares);
  if (inverse === undefined) return undefined;
  const [slowness, byReplica, byPair] = inverse.map((row) =>
    row.reduce((sum, value, j) => sum + value * pulls[j], 0),
  );
  const guess: LawParameters = [-Math.log(slowness), byReplica / slowness, byPair / slowness];
  return Number.isFinite(misfit(groups, guess)) ? guess : flatGuess(groups);
}

function flatGuess(groups: readonly CountGroup[]): LawParameters {
  return [median(groups.map(({ meanLog }) => meanLog)), 0, 0];
}

function groupsOf(
  samples: readonly CountSample[],
  logs: readonly number[],
  middle: (logs: readonly number[]) => number = mean,
): CountGroup[] {
  const byCount = new Map<number, number[]>();
  samples.forEach(({ replicas }, i) => {
    const group = byCount.get(replicas);
    if (group === undefined) byCount.set(replicas, [logs[i]]);
    else group.push(logs[i]);
  });
  return [...byCount]
    .sort(([a], [b]) => a - b)
    .map(([replicas, group]) => ({ replicas, samples: group.length, meanLog: middle(group) }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * Errors from the pseudo-values whose least squares fit is the robust one (Huber & Ronchetti, Robust Statistics, 7.6):
 * clipped residuals over the share that is not clipped. Widened where neighbouring slots err alike, and where the
 * spread differs from count to count (White's sandwich): never narrowed.
 */
function withErrors(
  samples: readonly CountSample[],
  { parameters, limit }: { readonly parameters: LawParameters; readonly limit: number },
): LawRegression | undefined {
  const residuals = residualsOf(samples, parameters);
  const whole = residuals.filter((residual) => Math.abs(residual) < limit).length / residuals.length;
  const errors = residuals.map((residual) => clipped(residual, limit) / Math.max(0.5, whole));
  const pseudo = samples.map(({ replicas }, i) => logRateAt(parameters, replicas) + errors[i]);
  const groups = groupsOf(samples, pseudo);
  const inverse = inverseOf(normalEquations(groups, parameters).squares);
  if (inverse === undefined) return undefined;
  const degrees = degreesOf(samples);
  const variance = errors.reduce((sum, error) => sum + error * error, 0) / degrees;
  const correlation = neighbourCorrelation(samples, errors);
  const widened = (1 + correlation) / (1 - correlation);
  const uneven = unevenness(samples, errors, { parameters, inverse, variance });
  const errorUnits = uneven.map((factor) => variance * widened * factor) as unknown as LawParameters;
  return {
    parameters,
    groups,
    errorUnits,
    standardErrors: errorUnits.map((unit, i) => Math.sqrt(unit * inverse[i][i])) as unknown as LawParameters,
    covariance: inverse.map((row, i) =>
      row.map((value, j) => value * Math.sqrt(errorUnits[i] * errorUnits[j])),
    ),
    quantile: tQuantile(degrees),
  };
}

/** For each parameter: its variance by each count's own residuals over that by all residuals alike, at least 1. */
function unevenness(
  samples: readonly CountSample[],
  errors: readonly number[],
  fit: { parameters: LawParameters; inverse: readonly (readonly number[])[]; variance: number },
): number[] {
  const { parameters, inverse, variance } = fit;
  const scale = samples.length / degreesOf(samples);
  return ALL_PARAMETERS.map((i) => {
    let sum = 0;
    samples.forEach(({ replicas }, k) => {
      const slopes = slopesAt(parameters, replicas);
      const influence = ALL_PARAMETERS.reduce((total, j) => total + inverse[i][j] * slopes[j], 0);
      sum += (influence * errors[k]) ** 2;
    });
    return variance === 0 ? 1 : Math.max(1, (sum * scale) / (variance * inverse[i][i]));
  });
}
