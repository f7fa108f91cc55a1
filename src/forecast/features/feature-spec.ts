import type { FeatureContext, RateReference } from './feature-context.ts';

export type FeatureGroup = 'calendar' | 'lags' | 'level' | 'spread' | 'slope' | 'live' | 'business';

export interface FeatureSpec {
  readonly name: string;
  readonly group: FeatureGroup;
  /** In words; the README's table and the model card print it. */
  readonly unit: string;
  /** Where it comes from. */
  readonly source: string;
  /** NaN: not known. */
  readonly read: (context: FeatureContext & { readonly reference: RateReference }) => number;
}
