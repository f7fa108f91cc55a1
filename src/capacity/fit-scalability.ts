import { fitLaw, misfit, type LawParameters } from './law.ts';
import { ALL_PARAMETERS, regressLaw, type CountSample, type LawRegression } from './law-regression.ts';
import { profileInterval } from './profile-interval.ts';

/** A figure with its 95 % interval. */
export interface Bracketed {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** Why nothing can be said of how capacity grows with replicas. */
export type ScalabilityRefusal =
  | 'NoReplicas'
  | 'NoThroughput'
  | 'NeverSaturated'
  | 'TooFewSamples'
  | 'TooFewCounts'
  | 'NarrowRange'
  | 'TooNoisy'
  | 'RisesWithReplicas';

export interface FittedScalability {
  readonly kind: 'fitted';
  /** What a lone replica completes per second (or one server of it, where that is what was measured). */
  readonly rateRps: Bracketed;
  readonly contention: Bracketed;
  readonly coherency: Bracketed;
  /** The count beyond which more do less together; Infinity: none. */
  readonly peakReplicas: Bracketed;
  readonly samples: number;
  readonly counts: readonly {
    readonly replicas: number;
    readonly samples: number;
    readonly rateRps: number;
  }[];
}

export interface Refused<Reason extends string> {
  readonly kind: 'refused';
  readonly reason: Reason;
  /** What is missing, with the numbers. */
  readonly message: string;
}

const MIN_SAMPLES = 8;
const MIN_COUNTS = 3;
/** The largest count over the smallest. */
const MIN_RANGE_RATIO = 2;
/** F of capacity per replica that rises with the count, against chance: 1 in 10,000. */
const RISE_F = 15;

/**
 * Fits X(N) = gamma N / (1 + contention (N-1) + coherency N (N-1)) to what replicas did at full use, by relative
 * least squares that outliers do not lead astray. Intervals are those of the profile likelihood without constraint, cut at 0:
 * at the border they hold the truth at least as often as inside.
 */
export function fitScalability(
  samples: readonly CountSample[],
): FittedScalability | Refused<ScalabilityRefusal> {
  const usable = samples.filter(({ rateRps, replicas }) => rateRps > 0 && replicas >= 1);
  const refusal = refusalOf(usable);
  if (refusal !== undefined) return refusal;
  const regression = regressLaw(usable);
  if (regression === undefined) return refused('TooNoisy', 'no law can be put through these samples');
  const best = constrained(regression);
  if (risesSurely(regression, best))
    return refused(
      'RisesWithReplicas',
      'each replica does more the more there are, which the law does not know: are counts and throughput of the same replicas?',
    );
  return fittedFrom(regression, best, usable.length);
}

export function refused<Reason extends string>(reason: Reason, message: string): Refused<Reason> {
  return { kind: 'refused', reason, message };
}

function refusalOf(samples: readonly CountSample[]): Refused<ScalabilityRefusal> | undefined {
  if (samples.length < MIN_SAMPLES)
    return refused('TooFewSamples', `${samples.length} usable slots, it takes ${MIN_SAMPLES}`);
  const counts = [...new Set(samples.map(({ replicas }) => replicas))].sort((a, b) => a - b);
  const smallest = counts[0];
  const largest = counts[counts.length - 1];
  if (largest < MIN_RANGE_RATIO * smallest)
    return refused(
      'NarrowRange',
      `usable slots have ${smallest} to ${largest} replicas: the largest count must be at least ${MIN_RANGE_RATIO} times the smallest`,
    );
  if (counts.length < MIN_COUNTS)
    return refused(
      'TooFewCounts',
      `usable slots have ${counts.length} different counts of replicas, it takes ${MIN_COUNTS}`,
    );
  return undefined;
}

/** The best of what is allowed: a coefficient that would be negative is 0. */
function constrained({ parameters, groups }: LawRegression): LawParameters {
  const [logRate, contention, coherency] = parameters;
  if (contention >= 0 && coherency >= 0) return parameters;
  const candidates = [
    fitLaw(groups, [logRate, 0, 0], [0]),
    fitLaw(groups, [logRate, Math.max(0, contention), 0], [0, 1]),
    fitLaw(groups, [logRate, 0, Math.max(0, coherency)], [0, 2]),
  ].filter(([, a, b]) => a >= 0 && b >= 0);
  return candidates.reduce((best, each) => (misfit(groups, each) < misfit(groups, best) ? each : best));
}

function risesSurely({ parameters, groups, errorUnits }: LawRegression, best: LawParameters): boolean {
  if (best[1] > 0 || best[2] > 0) return false;
  const gain = misfit(groups, best) - misfit(groups, parameters);
  return gain > RISE_F * Math.max(...errorUnits) && gain > 0;
}

function fittedFrom(
  regression: LawRegression,
  best: LawParameters,
  samples: number,
): FittedScalability | Refused<ScalabilityRefusal> {
  const [logRate, contention, coherency] = ALL_PARAMETERS.map((index) => profileInterval(regression, index));
  if (logRate === undefined || contention === undefined || coherency === undefined || contention.upper >= 1)
    return refused(
      'TooNoisy',
      'the samples allow for anything from no contention to nothing but contention: more counts, or longer at each',
    );
  const positive = (interval: { lower: number; upper: number }, value: number): Bracketed => ({
    value,
    lower: Math.max(0, interval.lower),
    upper: Math.max(0, interval.upper),
  });
  return {
    kind: 'fitted',
    rateRps: {
      value: Math.exp(best[0]),
      lower: Math.exp(logRate.lower),
      upper: Math.exp(logRate.upper),
    },
    contention: positive(contention, best[1]),
    coherency: positive(coherency, best[2]),
    peakReplicas: peakOf(regression, best),
    samples,
    counts: regression.groups.map(({ replicas, samples: slots, meanLog }) => ({
      replicas,
      samples: slots,
      rateRps: Math.exp(meanLog),
    })),
  };
}

/** sqrt((1 - contention) / coherency), with the interval of coherency / (1 - contention) by the delta method. */
function peakOf(
  { parameters, covariance, quantile }: LawRegression,
  [, contention, coherency]: LawParameters,
): Bracketed {
  const [, free, pairs] = parameters;
  const bySlope = pairs / (1 - free) ** 2;
  const byPair = 1 / (1 - free);
  const variance =
    bySlope ** 2 * covariance[1][1] +
    2 * bySlope * byPair * covariance[1][2] +
    byPair ** 2 * covariance[2][2];
  const half = quantile * Math.sqrt(Math.max(0, variance));
  const peakAt = (ratio: number): number => (ratio > 0 ? Math.max(1, 1 / Math.sqrt(ratio)) : Infinity);
  const centre = pairs * byPair;
  return {
    value: peakAt(coherency / (1 - contention)),
    lower: peakAt(centre + half),
    upper: peakAt(centre - half),
  };
}
