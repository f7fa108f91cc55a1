import type { MetricsSource, SeriesAnswer, SeriesRequest } from '../../src/observe/metrics-source.ts';

/** What is wrong with a source, until it is set right. */
export type Fault =
  'refuses' | 'hangs' | 'ignoresAbort' | 'throws' | 'empty' | 'notANumber' | 'partial' | 'short';

export interface FakeMetricsSource extends MetricsSource {
  fault: Fault | undefined;
  /** Every batch of requests so far. */
  readonly batches: readonly (readonly SeriesRequest[])[];
}

export interface FakeMetricsOptions {
  /** The mean of the slot that starts at `startMs`; undefined: no sample. The same for every workload unless it looks. */
  readonly value: (startMs: number, request: SeriesRequest) => number | undefined;
  readonly resolutionSeconds?: number;
}

/** A metrics source over a function of time, with faults at will. Slots lie on the grid of the epoch. */
export function createFakeMetricsSource({ value, resolutionSeconds }: FakeMetricsOptions): FakeMetricsSource {
  const batches: (readonly SeriesRequest[])[] = [];
  const source: FakeMetricsSource = {
    fault: undefined,
    batches,
    read(requests, signal) {
      batches.push(requests);
      const down: SeriesAnswer[] = requests.map(() => ({ kind: 'sourceDown', message: 'aborted' }));
      const { fault } = source;
      switch (fault) {
        case 'throws':
          throw new Error('a bug in the source');
        case 'ignoresAbort':
          return new Promise(() => undefined);
        case 'hangs':
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve(down)));
        case 'short':
          return Promise.resolve([]);
        default:
          return Promise.resolve(requests.map((request) => answer(request, value, fault)));
      }
    },
    resolutionSeconds: () => resolutionSeconds ?? null,
    close: () => Promise.resolve(),
  };
  return source;
}

function answer(
  request: SeriesRequest,
  value: FakeMetricsOptions['value'],
  fault: 'refuses' | 'empty' | 'notANumber' | 'partial' | undefined,
): SeriesAnswer {
  if (fault === 'refuses') return { kind: 'sourceDown', message: 'connection refused' };
  if (fault === 'empty') return { kind: 'empty' };
  const stepMs = request.stepSeconds * 1000;
  const startsAtMs: number[] = [];
  const values: number[] = [];
  for (let at = Math.ceil(request.fromMs / stepMs) * stepMs; at + stepMs <= request.toMs; at += stepMs) {
    const sample = fault === 'notANumber' ? Number.NaN : value(at, request);
    if (sample === undefined) continue;
    startsAtMs.push(at);
    values.push(sample);
  }
  if (values.length === 0) return { kind: 'empty' };
  const samples = { startsAtMs: Float64Array.from(startsAtMs), values: Float64Array.from(values) };
  return { kind: 'samples', samples, partialMessage: fault === 'partial' ? 'one block is missing' : null };
}
