import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../../src/cli/main.ts';
import { seriesEndMs, slotStartMs } from '../../../src/domain/time-series.ts';
import { gatherObservation, requestsFor } from '../../../src/observe/gather-observation.ts';
import { createHistoryBuffer, effectiveStepSeconds } from '../../../src/observe/history-buffer.ts';
import type { MetricsSource } from '../../../src/observe/metrics-source.ts';
import { createPrometheusSource } from '../../../src/observe/prometheus/prometheus-source.ts';
import { prometheusConfigFromUrl } from '../../../src/observe/prometheus/prometheus-config.ts';
import type { Recording } from '../../../src/observe/recording/recording.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { createRecordingSource } from '../../../src/observe/recording/recording-source.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { aPolicy } from '../../builders/policy.ts';
import {
  startBackfilled,
  prometheusBinaries,
  type RealPrometheus,
  startPrometheus,
} from './real-prometheus.ts';
import { HAS_TRACES, traceDays, traceQuery, traceSeries } from './trace-days.ts';

const NEVER = new AbortController().signal;

/** Chosen for what they have in them: nights without rows, a flash crowd, low rates. */
const TRACES = [
  { name: 'nasa_jul95_1m', fromMs: Date.UTC(1995, 6, 12), days: 2, ticks: 400 },
  { name: 'wc98_june_1m', fromMs: Date.UTC(1998, 5, 9), days: 2, ticks: 400 },
  { name: 'bank_calls_2003_5m', fromMs: Date.UTC(2003, 2, 6), days: 3, ticks: 700 },
];

function policyFor(recording: Recording): Policy {
  return aPolicy({
    workload: { namespace: 'traces', name: recording.name },
    metrics: { queries: { arrivalRate: traceQuery(recording) } },
    forecast: { stepSeconds: recording.stepSeconds, lookbackSeconds: 86_400 },
  });
}

/** A controller's look at one workload, tick after tick, with a history of its own. */
function watcher(policy: Policy, source: MetricsSource) {
  const stepSeconds = effectiveStepSeconds(
    policy.forecast.stepSeconds,
    source.resolutionSeconds(policy.workload),
  );
  const buffer = createHistoryBuffer({ stepSeconds, lookbackSeconds: policy.forecast.lookbackSeconds });
  return async (nowMs: number) => {
    const requests = requestsFor(policy, buffer, nowMs);
    const answers = await source.read(requests, NEVER);
    return gatherObservation(policy, buffer, { requests, answers }, nowMs);
  };
}

describe.skipIf(prometheusBinaries() === undefined || !HAS_TRACES)(
  'a real Prometheus tells what the recording tells (needs apt package prometheus and ../shared/traces)',
  () => {
    let prometheus: RealPrometheus;
    let recordings: Recording[];
    beforeAll(async () => {
      recordings = await Promise.all(TRACES.map(({ name, fromMs, days }) => traceDays(name, fromMs, days)));
      prometheus = await startBackfilled(recordings.map(traceSeries));
    });
    afterAll(() => prometheus.remove());

    test.each(TRACES)(
      '$name: the same measurement, coverage and history at every tick',
      async ({ name, ticks }) => {
        const recording = recordings.find((one) => one.name === name)!;
        const policy = policyFor(recording);
        const { workload } = policy;
        const live = createPrometheusSource(prometheusConfigFromUrl(prometheus.url));
        const watchLive = watcher(policy, live);
        const watchFile = watcher(policy, createRecordingSource([{ workload, recording }]));
        const endMs = seriesEndMs(recording.columns.arrivalRate);
        // Into the last hours, by a stride that meets every phase of a slot, and on past the end of the data.
        const strideMs = recording.stepSeconds * 1000 - 17_000;
        const kinds = new Set<string>();
        for (let nowMs = endMs - (ticks - 20) * strideMs; nowMs < endMs + 20 * strideMs; nowMs += strideMs) {
          const [fromLive, fromFile] = [await watchLive(nowMs), await watchFile(nowMs)];
          expect(fromLive).toEqual(fromFile);
          kinds.add(fromLive.arrivalRate.kind);
        }
        expect(kinds).toEqual(
          new Set(name.startsWith('bank') ? ['value', 'stale', 'empty'] : ['value', 'stale']),
        );
        await live.close();
      },
    );

    test.each(TRACES)(
      '$name: recorded from it, the recording is the one that was put in',
      async ({ name }) => {
        const recording = recordings.find((one) => one.name === name)!;
        const { arrivalRate } = recording.columns;
        const out = join(prometheus.dir, `${name}.csv.gz`);
        const span = ['--from', recording.startAtMs, '--to', seriesEndMs(arrivalRate)].map((at) =>
          typeof at === 'number' ? new Date(at).toISOString() : at,
        );
        const query = ['--prometheus', prometheus.url, '--query', traceQuery(recording)];
        const step = ['--step', `${recording.stepSeconds}s`];
        expect(await main(['record', ...query, ...span, ...step, '--out', out])).toBe(0);
        const recorded = await loadRecording(out);
        // A cut through a gap begins and ends with slots that no file can show.
        const present = [...arrivalRate.values.keys()].filter(
          (slot) => !Number.isNaN(arrivalRate.values[slot]),
        );
        expect(recorded).toEqual({
          ...recording,
          startAtMs: slotStartMs(arrivalRate, present[0]),
          columns: {
            arrivalRate: {
              ...arrivalRate,
              startAtMs: slotStartMs(arrivalRate, present[0]),
              values: arrivalRate.values.slice(present[0], present.at(-1)! + 1),
            },
          },
        });
      },
    );

    test('killed, it is down; back on its port, the next look finds it; hung, the timeout ends the wait', async () => {
      const recording = recordings[0];
      const policy = policyFor(recording);
      const config = { ...prometheusConfigFromUrl(prometheus.url), timeoutSeconds: 0.5 };
      const source = createPrometheusSource(config);
      const watch = watcher(policy, source);
      const nowMs = seriesEndMs(recording.columns.arrivalRate) + 30_000;
      const known = await watch(nowMs);
      expect(known.arrivalRate.kind).toBe('value');

      await prometheus.kill();
      const killed = await watch(nowMs + 15_000);
      expect(killed.arrivalRate).toEqual({
        kind: 'sourceDown',
        message: `connection refused (127.0.0.1:${prometheus.port})`,
      });
      expect(killed.history).toEqual(known.history);

      prometheus = await startPrometheus(prometheus.dir, prometheus.port);
      expect((await watch(nowMs + 30_000)).arrivalRate).toEqual(known.arrivalRate);

      await prometheus.suspend();
      const startedMs = performance.now();
      const hung = await watch(nowMs + 45_000);
      expect(performance.now() - startedMs).toBeLessThan(2000);
      expect(hung.arrivalRate).toMatchObject({ kind: 'sourceDown' });
      prometheus.resume();
      expect((await watch(nowMs + 60_000)).arrivalRate).toEqual(known.arrivalRate);
      await source.close();
    });
  },
);
