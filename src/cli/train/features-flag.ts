import { InvalidArgumentError } from 'commander';
import { FEATURE_GROUPS, type FeatureSpec } from '../../forecast/features/feature-spec.ts';
import { FEATURES } from '../../forecast/features/feature-table.ts';
import { defaultFeatures } from '../../train/default-features.ts';
import { listFlag } from '../flags.ts';

/** The features of the shipped network, by one word. */
const SHIPPED = 'shipped';

/** What --features takes, for --help and for who got it wrong. */
export const FEATURES_FORM = [SHIPPED, ...FEATURE_GROUPS].join(', ');

/** Groups of features, separated by commas. */
export function featuresFlag(text: string): readonly string[] {
  const names = listFlag(text);
  const isKnown = (name: string): boolean =>
    name === SHIPPED || FEATURE_GROUPS.some((group) => group === name);
  if (names.length === 0 || !names.every(isKnown))
    throw new InvalidArgumentError(`Got "${text}", allowed: of ${FEATURES_FORM}, separated by commas.`);
  return [...new Set(names)];
}

/** Those of the groups that `known` does not hold yet behind it, in the table's order. */
export function featuresWith(
  known: readonly FeatureSpec[],
  groups: readonly string[],
): readonly FeatureSpec[] {
  const shipped = groups.includes(SHIPPED) ? defaultFeatures() : [];
  const asked = FEATURES.filter((feature) => shipped.includes(feature) || groups.includes(feature.group));
  return [...known, ...asked.filter((feature) => !known.includes(feature))];
}
