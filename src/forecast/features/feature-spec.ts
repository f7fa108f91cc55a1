import type { FeatureContext, RateReference } from './feature-context.ts';

export const FEATURE_GROUPS = ['calendar', 'lags', 'level', 'spread', 'slope', 'live', 'business'] as const;
export type FeatureGroup = (typeof FEATURE_GROUPS)[number];

export interface FeatureSpec {
  readonly name: string;
  readonly group: FeatureGroup;
  /** In words; the README's table and the model card print it. */
  readonly unit: string;
  /** Where it comes from. */
  readonly source: string;
  /** Made of the context's live readings alone: they may be missing throughout, and come late. */
  readonly isReading?: true;
  /** NaN: not known. */
  readonly read: (context: FeatureContext & { readonly reference: RateReference }) => number;
}
