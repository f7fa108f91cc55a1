/**
 * The 47 features of a workload at an origin, one by one. All are causal (nothing from the origin on is read) and
 * scale-free: rates are differences from the mean of the last day, counted in the day's mean change from slot to slot
 * and squashed by asinh, so that the same numbers mean the same thing in a series of one request a minute and in one of
 * a million a second. NaN: not known. Whoever uses a feature masks it then; nothing is ever filled in with a zero.
 */
import { businessFeatures } from './business-features.ts';
import { calendarFeatures } from './calendar-features.ts';
import { type FeatureContext, type RateReference, rateReference } from './feature-context.ts';
import type { FeatureGroup, FeatureSpec } from './feature-spec.ts';
import { liveFeatures } from './live-features.ts';
import { rateFeatures } from './rate-features.ts';

export const FEATURES: readonly FeatureSpec[] = [
  ...calendarFeatures,
  ...rateFeatures,
  ...liveFeatures,
  ...businessFeatures,
];

const BY_NAME: ReadonlyMap<string, FeatureSpec> = new Map(FEATURES.map((feature) => [feature.name, feature]));

export function featureNamed(name: string): FeatureSpec | undefined {
  return BY_NAME.get(name);
}

export function featuresOf(group: FeatureGroup): readonly string[] {
  return FEATURES.filter((feature) => feature.group === group).map(({ name }) => name);
}

/** The values of `features` at the context's origin, in their order; NaN where not known. */
export function readFeatures(features: readonly FeatureSpec[], context: FeatureContext): number[] {
  const moment = { ...context, reference: rateReference(context) };
  return features.map(({ read }) => read(moment));
}

/**
 * The values of `readings` (see FeatureSpec) at any origin, in their order; NaN where not known. Hundreds of origins are
 * looked at for each forecast: one moment serves them all.
 */
export function readingsOf(
  readings: readonly FeatureSpec[],
  surroundings: Omit<FeatureContext, 'origin'>,
): (origin: number) => number[] {
  const moment = { ...surroundings, origin: 0, reference: NO_RATES };
  return (origin) => {
    moment.origin = origin;
    return readings.map(({ read }) => read(moment));
  };
}

/** Readings are told beside the rates, not in them. */
const NO_RATES: RateReference = { level: Number.NaN, change: Number.NaN };
