import type { ObjectivePrice } from '../domain/objective-account.ts';
import type { SizingCandidate, SizingTrace } from '../domain/sizing.ts';
import type { TimedLoad } from './window-loads.ts';

/** What is told of a sizing whenever it was, with the numbers of the steps that its instants are those of. */
export interface SizedTrace {
  readonly told: Omit<SizingTrace, 'peakAtMs' | 'plan' | 'candidates' | 'objectivePrice'>;
  /** Draws the cost curve. */
  readonly candidates: () => readonly SizingCandidate[];
  readonly peakAtStep: number;
  readonly path: readonly number[];
}

/** The trace at the instants of `loads`. Its cost curve is drawn when somebody looks at it, and once. */
export function traceAt(
  { told, candidates, peakAtStep, path }: SizedTrace,
  loads: readonly TimedLoad[],
  objectivePrice?: ObjectivePrice,
): SizingTrace {
  const plan = path.map((replicas, step) => ({ atMs: loads[step].atMs, replicas }));
  const trace: SizingTrace = {
    ...told,
    peakAtMs: loads[peakAtStep].atMs,
    candidates: [],
    ...(plan.length > 1 && { plan }),
    ...(objectivePrice && { objectivePrice }),
  };
  return Object.defineProperty(trace, 'candidates', { get: candidates });
}
