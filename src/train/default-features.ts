import { featureNamed } from '../forecast/features/feature-table.ts';
import type { FeatureSpec } from '../forecast/features/feature-spec.ts';

/**
 * Features that the shipped network reads. The calendar is left out: the base knows the time of day and of the week, and a
 * network that is shown the clock learns the recordings' own days by heart. Live metrics and rollouts are in none of the
 * training recordings: to the shipped network they would be masked.
 */
export const DEFAULT_FEATURES = [
  'newest',
  'level15Minutes',
  'level1Hour',
  'level6Hours',
  'spread15Minutes',
  'spread1Hour',
  'spread6Hours',
  'slope15Minutes',
  'slope1Hour',
  'slope6Hours',
] as const;

export function defaultFeatures(): readonly FeatureSpec[] {
  return DEFAULT_FEATURES.map((name) => featureNamed(name)!);
}
