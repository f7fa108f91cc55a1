import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatherObservation, requestsFor } from '../../../src/observe/gather-observation.ts';
import { createHistoryBuffer } from '../../../src/observe/history-buffer.ts';
import { prometheusConfigFromUrl } from '../../../src/observe/prometheus/prometheus-config.ts';
import { createPrometheusSource } from '../../../src/observe/prometheus/prometheus-source.ts';
import { createSeriesStore } from '../../../src/observe/series-store.ts';
import { aPolicy } from '../../builders/policy.ts';
import { prometheusBinaries, type RealPrometheus, startBackfilled } from './real-prometheus.ts';

const START_MS = Date.UTC(2026, 10, 20);
const MINUTE_MS = 60_000;
const MINUTES = 3 * 1440;
const policy = aPolicy({
  metrics: { queries: { arrivalRate: 'rps{app="web"}' } },
  forecast: { lookbackSeconds: 2 * 86_400 },
});

/** One life of a controller: a look at each minute; the slots that it asked for at each. */
async function life(url: string, folder: string, fromMs: number, looks: number) {
  const source = createPrometheusSource(prometheusConfigFromUrl(url));
  const store = createSeriesStore({
    folder,
    onFault: (message) => {
      throw new Error(message);
    },
  });
  const buffer = createHistoryBuffer({ stepSeconds: 60, lookbackSeconds: policy.forecast.lookbackSeconds });
  const stored = store.load(policy);
  if (stored) buffer.restore(stored);
  const askedSlots: number[] = [];
  for (let look = 0; look < looks; look += 1) {
    const nowMs = fromMs + look * MINUTE_MS;
    const requests = requestsFor(policy, buffer, nowMs);
    askedSlots.push((requests[0].toMs - requests[0].fromMs) / MINUTE_MS);
    const answers = await source.read(requests, new AbortController().signal);
    gatherObservation(policy, buffer, { requests, answers }, nowMs);
    store.keep(policy, buffer.series());
  }
  await store.close();
  await source.close();
  return { askedSlots, series: buffer.series() };
}

describe.skipIf(prometheusBinaries() === undefined)(
  'a controller that starts again beside a real Prometheus (needs apt package prometheus)',
  () => {
    let prometheus: RealPrometheus;
    const folder = mkdtempSync(join(tmpdir(), 'prescale-series-'));
    beforeAll(async () => {
      const values = Float64Array.from({ length: MINUTES }, (_, minute) => 100 + (minute % 97));
      const series = { startAtMs: START_MS, stepSeconds: 60, values };
      prometheus = await startBackfilled([{ metric: 'rps', labels: { app: 'web' }, series }]);
    });
    afterAll(async () => {
      await prometheus?.remove();
      rmSync(folder, { recursive: true, force: true });
    });

    test('asks for what has passed meanwhile alone, and knows what one knows that never stopped', async () => {
      const fromMs = START_MS + 2.5 * 1440 * MINUTE_MS;
      const first = await life(prometheus.url, folder, fromMs, 5);
      expect(first.askedSlots[0]).toBe(2 * 1440);
      const again = await life(prometheus.url, folder, fromMs + 30 * MINUTE_MS, 1);
      expect(again.askedSlots[0]).toBeLessThan(35);
      const elsewhere = mkdtempSync(join(tmpdir(), 'prescale-series-'));
      const unbroken = await life(prometheus.url, elsewhere, fromMs, 31);
      rmSync(elsewhere, { recursive: true });
      expect(again.series).toEqual(unbroken.series);
    });
  },
);
