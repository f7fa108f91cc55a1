import type { LocalClock } from '../../local-clock.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { SeriesView } from './series-view.ts';

/** What regressors are read from. Nothing reads a slot from the origin on. */
export interface FeatureSource {
  readonly plan: FeaturePlan;
  readonly view: SeriesView;
  readonly clock: LocalClock;
  /** A small change, above 0: what differences are compared with before their logarithm is taken. */
  readonly changeUnit: number;
}
