import type { SizingCandidate, SizingTrace, Surge } from '../domain/sizing.ts';
import type { TimedLoad } from './window-loads.ts';

/** What is told of a sizing whenever it was, with the numbers of the steps that its instants are those of. */
export interface SizedTrace {
  readonly told: Omit<SizingTrace, 'peakAtMs' | 'plan' | 'candidates' | 'objectivePrice' | 'overshoot'>;
  /** Draws the cost curve. */
  readonly candidates: () => readonly SizingCandidate[];
  readonly peakAtStep: number;
  /** Counts at the first steps; undefined where there is nothing beyond the window. */
  readonly path: (() => readonly number[]) | undefined;
}

/** The trace at the instants of `loads`. Its cost curve and its plan are drawn when somebody looks at them, and once. */
export function traceAt(
  { told, candidates, peakAtStep, path }: SizedTrace,
  loads: readonly TimedLoad[],
  why: Pick<SizingTrace, 'objectivePrice' | 'overshoot'>,
): SizingTrace {
  const trace = {
    ...told,
    peakAtMs: loads[peakAtStep].atMs,
    ...why,
  } as SizingTrace;
  drawn(trace, 'candidates', candidates);
  if (path)
    drawn(trace, 'plan', () => path().map((replicas, step) => ({ atMs: loads[step].atMs, replicas })));
  return trace;
}

/**
 * A trace just made, of what a surge has raised, with the plan of what it was raised from: still nothing is drawn before
 * somebody looks at it.
 */
export function raisedTrace(made: SizingTrace, from: SizingTrace, surge: Surge): SizingTrace {
  if ('plan' in from) drawn(made, 'plan', () => from.plan);
  return Object.assign(made, { surge });
}

/** A property that is found when it is first read. */
function drawn<Name extends keyof SizingTrace>(
  trace: SizingTrace,
  name: Name,
  draw: () => SizingTrace[Name],
): void {
  let value: SizingTrace[Name] | undefined;
  Object.defineProperty(trace, name, { get: () => (value ??= draw()), enumerable: true });
}
