import { MS_PER_SECOND } from '../../domain/clock.ts';
import type { SeriesRequest } from '../metrics-source.ts';

/** Instants `startMs`, `startMs + step`, … `endMs` at which Prometheus evaluates a query. */
export interface Evaluation {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

/** Prometheus refuses a range query for more points of one series. */
export const MAX_POINTS = 11_000;

/**
 * When to evaluate for the slots asked for: a slot's mean is known at its end, and slots lie on the epoch's grid of
 * their step, so that every tick asks for the same instants. Undefined when no whole slot lies inside.
 */
export function evaluationFor({
  fromMs,
  toMs,
  stepSeconds,
}: Pick<SeriesRequest, 'fromMs' | 'toMs' | 'stepSeconds'>): Evaluation | undefined {
  const stepMs = stepSeconds * MS_PER_SECOND;
  const startMs = (Math.ceil(fromMs / stepMs) + 1) * stepMs;
  const endMs = Math.floor(toMs / stepMs) * stepMs;
  return endMs < startMs ? undefined : { startMs, endMs, stepMs };
}

/** The same instants in as few parts as Prometheus takes. */
export function splitEvaluation(
  { startMs, endMs, stepMs }: Evaluation,
  maxPoints = MAX_POINTS,
): Evaluation[] {
  const parts: Evaluation[] = [];
  const partMs = (maxPoints - 1) * stepMs;
  for (let fromMs = startMs; fromMs <= endMs; fromMs += partMs + stepMs)
    parts.push({ startMs: fromMs, endMs: Math.min(endMs, fromMs + partMs), stepMs });
  return parts;
}
