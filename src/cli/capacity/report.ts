import type { ScalabilityBasis } from '../../capacity/count-samples.ts';
import type { Dispersion } from '../../capacity/dispersion.ts';
import type { FittedScalability, Refused, ScalabilityRefusal } from '../../capacity/fit-scalability.ts';
import type { RecordingRate } from '../../capacity/rate-of-recording.ts';

/** All that a recording tells of what a replica can do. */
export interface CapacityReport {
  readonly recording: string;
  readonly stepSeconds: number;
  /** What the scalability law was fitted to; null: nothing. */
  readonly basis: ScalabilityBasis | null;
  readonly serviceRate: RecordingRate;
  readonly scalability: FittedScalability | Refused<ScalabilityRefusal>;
  readonly dispersion: readonly Dispersion[];
  /** Lines for the policy's `capacity` block; none where nothing was learned. */
  readonly policy: readonly string[];
}
