import type { RecordedReplicas } from '../actuate/dry-run.ts';
import type { Measurement } from '../domain/measurement.ts';
import type { GatheredMetrics } from '../observe/gather-observation.ts';

/** What the metrics of one look say ran; undefined where they do not. Means over a slot are rounded to whole replicas. */
export function recordedReplicas(looked: GatheredMetrics | undefined): RecordedReplicas | undefined {
  const replicas = wholeNumber(looked?.context.replicas);
  if (replicas === undefined) return undefined;
  return { replicas, readyReplicas: wholeNumber(looked?.context.readyReplicas) ?? null };
}

function wholeNumber(measured: Measurement | undefined): number | undefined {
  return measured?.kind === 'value' ? Math.round(measured.value) : undefined;
}
