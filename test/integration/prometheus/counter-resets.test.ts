import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gatherObservation, requestsFor } from '../../../src/observe/gather-observation.ts';
import { createHistoryBuffer } from '../../../src/observe/history-buffer.ts';
import { prometheusConfigFromUrl } from '../../../src/observe/prometheus/prometheus-config.ts';
import { createPrometheusSource } from '../../../src/observe/prometheus/prometheus-source.ts';
import { aPolicy } from '../../builders/policy.ts';
import { prometheusBinaries, type RealPrometheus, startBackfilled } from './real-prometheus.ts';

const START_MS = Date.UTC(2026, 10, 20);
const STEP_SECONDS = 15;
const SCRAPES = 4 * 240;
const RATE_RPS = 10;
/** Scrapes at which the process has begun anew, some seconds before. */
const RESTARTS = [301, 302, 700];
const policy = aPolicy({
  metrics: { queries: { arrivalRate: 'sum(rate(requests_total[1m]))' } },
  forecast: { lookbackSeconds: 4 * 3600 },
});

/** 10 requests a second, counted from nothing after each restart. */
function counted(): Float64Array {
  let count = 0;
  return Float64Array.from({ length: SCRAPES }, (_, scrape) => {
    count = RESTARTS.includes(scrape) ? RATE_RPS * 5 : count + RATE_RPS * STEP_SECONDS;
    return count;
  });
}

describe.skipIf(prometheusBinaries() === undefined)(
  'a counter that begins anew (needs apt package prometheus)',
  () => {
    let prometheus: RealPrometheus;
    beforeAll(async () => {
      const series = { startAtMs: START_MS, stepSeconds: STEP_SECONDS, values: counted() };
      prometheus = await startBackfilled([{ metric: 'requests_total', labels: { app: 'web' }, series }]);
    });
    afterAll(() => prometheus?.remove());

    test('is neither a fall below nothing nor a crowd: a restart hides what it has not counted, at most', async () => {
      const source = createPrometheusSource(prometheusConfigFromUrl(prometheus.url));
      const buffer = createHistoryBuffer({ stepSeconds: 60, lookbackSeconds: 4 * 3600 });
      const nowMs = START_MS + SCRAPES * STEP_SECONDS * 1000;
      const requests = requestsFor(policy, buffer, nowMs);
      const answers = await source.read(requests, new AbortController().signal);
      gatherObservation(policy, buffer, { requests, answers }, nowMs);
      await source.close();
      const rates = [...buffer.series().values].filter((rate) => !Number.isNaN(rate));
      expect(rates.length).toBeGreaterThan(230);
      expect(Math.max(...rates)).toBeLessThan(1.05 * RATE_RPS);
      expect(Math.min(...rates)).toBeGreaterThan(0.4 * RATE_RPS);
      const touched = rates.filter((rate) => Math.abs(rate - RATE_RPS) > 0.01);
      expect(touched.length).toBeOneOf([2, 3, 4]);
    });
  },
);
