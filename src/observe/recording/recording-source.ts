import { MS_PER_SECOND } from '../../domain/clock.ts';
import type { MetricName } from '../../domain/metric-name.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { workloadKey, type WorkloadRef } from '../../domain/workload.ts';
import type { MetricsSource, SeriesAnswer, SeriesRequest } from '../metrics-source.ts';
import { resample } from '../resample.ts';
import type { Recording } from './recording.ts';

/** Which recording plays which workload. */
export interface RecordedWorkload {
  readonly workload: WorkloadRef;
  readonly recording: Recording;
}

/** A metric of a recording at one step: values, and where a NaN stands for a sample that is not a number. */
interface Track {
  readonly series: TimeSeries;
  readonly notANumberSlots: ReadonlySet<number>;
}

/**
 * Recordings as a metrics source: each request is answered from the metric's column, whatever its query says; a
 * dependency's room has none, and is empty. A
 * recording has only what had happened by the time that is asked for, as a Prometheus of that day would.
 */
export function createRecordingSource(recorded: readonly RecordedWorkload[]): MetricsSource {
  const byWorkload = new Map(recorded.map(({ workload, recording }) => [workloadKey(workload), recording]));
  const tracks = new Map<string, Track | undefined>();

  const trackFor = (recording: Recording, { workload, metric, stepSeconds }: SeriesRequest) => {
    if (typeof metric !== 'string') return undefined;
    const key = `${workloadKey(workload)} ${metric} ${stepSeconds}`;
    if (!tracks.has(key)) tracks.set(key, trackAt(recording, metric, stepSeconds));
    return tracks.get(key);
  };
  const answer = (request: SeriesRequest): SeriesAnswer => {
    const recording = byWorkload.get(workloadKey(request.workload));
    if (recording === undefined)
      return { kind: 'queryRejected', message: `no recording for ${workloadKey(request.workload)}` };
    const track = trackFor(recording, request);
    return track === undefined ? { kind: 'empty' } : samplesWithin(track, request);
  };

  return {
    read: (requests, signal) =>
      Promise.resolve(requests.map((request) => (signal.aborted ? ABORTED : answer(request)))),
    resolutionSeconds: (workload) => byWorkload.get(workloadKey(workload))?.stepSeconds ?? null,
    close: () => Promise.resolve(),
  };
}

const ABORTED: SeriesAnswer = { kind: 'sourceDown', message: 'not read: the tick was over' };

function trackAt(recording: Recording, metric: MetricName, stepSeconds: number): Track | undefined {
  const series = recording.columns[metric];
  if (series === undefined) return undefined;
  const slots = [...(recording.notANumberSlots[metric] ?? [])];
  // Buckets keep the recording's phase, so that each holds whole slots and is known when its last slot is.
  const phaseMs = series.startAtMs % (series.stepSeconds * MS_PER_SECOND);
  const coarse = resample(series, stepSeconds, phaseMs);
  if (coarse === series) return { series, notANumberSlots: new Set(slots) };
  const slotsBefore = (series.startAtMs - coarse.startAtMs) / (series.stepSeconds * MS_PER_SECOND);
  const perBucket = stepSeconds / series.stepSeconds;
  return {
    series: coarse,
    notANumberSlots: new Set(slots.map((slot) => Math.floor((slot + slotsBefore) / perBucket))),
  };
}

function samplesWithin({ series, notANumberSlots }: Track, { fromMs, toMs }: SeriesRequest): SeriesAnswer {
  const stepMs = series.stepSeconds * MS_PER_SECOND;
  const first = Math.max(0, Math.ceil((fromMs - series.startAtMs) / stepMs));
  const end = Math.min(series.values.length, Math.floor((toMs - series.startAtMs) / stepMs));
  const startsAtMs: number[] = [];
  const values: number[] = [];
  for (let slot = first; slot < end; slot += 1) {
    const value = series.values[slot];
    if (Number.isNaN(value) && !notANumberSlots.has(slot)) continue;
    startsAtMs.push(series.startAtMs + slot * stepMs);
    values.push(value);
  }
  if (values.length === 0) return { kind: 'empty' };
  const samples = { startsAtMs: Float64Array.from(startsAtMs), values: Float64Array.from(values) };
  return { kind: 'samples', samples, partialMessage: null };
}
