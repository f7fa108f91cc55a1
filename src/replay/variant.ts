import type { ReplayAutoscaler } from './autoscaler.ts';

/** One setting of a baseline. */
export interface Variant {
  /** For people: `70 %`. */
  readonly setting: string;
  readonly create: () => ReplayAutoscaler;
}
