import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gapKeepingQuery, selector } from './openmetrics.ts';
import { prometheusBinaries, type RealPrometheus, startBackfilled } from './real-prometheus.ts';

const STEP_SECONDS = 60;
const START_MS = Date.UTC(1995, 6, 1, 22);
/** Four hours over midnight with one slot missing. */
const values = Float64Array.from({ length: 240 }, (_, index) => (index === 100 ? Number.NaN : index));
const member = {
  metric: 'arrival_rate_rps',
  labels: { workload: 'shop/checkout' },
  series: { startAtMs: START_MS, stepSeconds: STEP_SECONDS, values },
};

test('selectors quote what would end the label', () => {
  expect(selector('m', { a: 'x"y\\z', b: '1' })).toBe('m{a="x\\"y\\\\z",b="1"}');
});

describe.skipIf(prometheusBinaries() === undefined)(
  'a real Prometheus (needs apt package prometheus)',
  () => {
    let prometheus: RealPrometheus;
    beforeAll(async () => {
      prometheus = await startBackfilled([member]);
    });
    afterAll(() => prometheus.remove());

    test('gives back-filled slots at their ends, gaps included', async () => {
      const parameters = new URLSearchParams({
        query: gapKeepingQuery(member, STEP_SECONDS),
        start: String(START_MS / 1000 + STEP_SECONDS),
        end: String(START_MS / 1000 + 240 * STEP_SECONDS),
        step: String(STEP_SECONDS),
      });
      const response = await fetch(`${prometheus.url}/api/v1/query_range?${parameters.toString()}`);
      const answer = (await response.json()) as { data: { result: { values: [number, string][] }[] } };
      const points = answer.data.result[0].values;
      expect(points.length).toBe(239);
      expect(points[99]).toEqual([START_MS / 1000 + 100 * STEP_SECONDS, '99']);
      expect(points[100]).toEqual([START_MS / 1000 + 102 * STEP_SECONDS, '101']);
    });
  },
);
