/** Days of real traces, for a Prometheus to hold and a recording to give. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { seriesEndMs, slotIndexAt, slotStartMs } from '../../../src/domain/time-series.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import type { Recording } from '../../../src/observe/recording/recording.ts';
import { type BackfillSeries, gapKeepingQuery } from './openmetrics.ts';

export const TRACES_DIR = '../shared/traces';
export const HAS_TRACES = existsSync(TRACES_DIR);

const DAY_MS = 86_400_000;

/** The part of a trace from `fromMs` on; days are few, since back-filling costs by the block. */
export async function traceDays(name: string, fromMs: number, days: number): Promise<Recording> {
  const recording = await loadRecording(join(TRACES_DIR, `${name}.csv`));
  return cutOut(
    recording,
    fromMs,
    Math.min(fromMs + days * DAY_MS, seriesEndMs(recording.columns.arrivalRate)),
  );
}

/** A recording of its own with the arrival rates of the slots that start in [fromMs, toMs). */
export function cutOut(recording: Recording, fromMs: number, toMs: number): Recording {
  const { arrivalRate } = recording.columns;
  const first = Math.max(0, slotIndexAt(arrivalRate, fromMs));
  const startAtMs = slotStartMs(arrivalRate, first);
  const values = arrivalRate.values.slice(first, slotIndexAt(arrivalRate, toMs));
  return { ...recording, startAtMs, columns: { arrivalRate: { ...arrivalRate, startAtMs, values } } };
}

/** `arrival_rate_rps{workload="traces/nasa_jul95_1m"}` */
export function traceSeries({ name, columns }: Recording): BackfillSeries {
  return { metric: 'arrival_rate_rps', labels: { workload: `traces/${name}` }, series: columns.arrivalRate };
}

/** The query that gives a back-filled trace back, gaps included. */
export function traceQuery(recording: Recording): string {
  return gapKeepingQuery(traceSeries(recording), recording.stepSeconds);
}
