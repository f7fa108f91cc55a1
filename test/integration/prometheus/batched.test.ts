import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPrometheusSource } from '../../../src/observe/prometheus/prometheus-source.ts';
import { prometheusConfigFromUrl } from '../../../src/observe/prometheus/prometheus-config.ts';
import type { MetricsSource, SeriesAnswer, SeriesRequest } from '../../../src/observe/metrics-source.ts';
import type { BackfillSeries } from './openmetrics.ts';
import { startBackfilled, prometheusBinaries, queriesSoFar, type RealPrometheus } from './real-prometheus.ts';

const START_MS = Date.UTC(2025, 6, 22, 8);
const MINUTE_MS = 60_000;
const SLOTS = 40;
/** Names that a pattern would read otherwise, and the same name in two namespaces. */
const APPS = [
  ...['shop/cart', 'shop/a.b', 'shop/axb', 'shop/c|d', 'shop/(e)*', 'bank/cart', 'bank/ledger', 'bank/c'],
].map((name) => name.split('/') as [string, string]);
const NEVER = new AbortController().signal;

/** Two pods of each app (the last one has one), with gaps, and buckets of a histogram that grows. */
function world(): BackfillSeries[] {
  return APPS.flatMap(([ns, app], index) =>
    ['p0', ...(index === APPS.length - 1 ? [] : ['p1'])].flatMap((pod, at) => {
      const values = (slope: number): Float64Array =>
        Float64Array.from({ length: SLOTS }, (_, slot) =>
          (slot + index + at) % 11 === 0 ? Number.NaN : slope * slot * (index + 1) + 0.1 * at,
        );
      const of = (metric: string, more: object, slope: number): BackfillSeries => ({
        metric,
        labels: { ns, app, pod, ...more },
        series: { startAtMs: START_MS, stepSeconds: 60, values: values(slope) },
      });
      return [
        of('requests', {}, 60 + 0.7 * index),
        of('limit', {}, 100),
        ...['0.1', '1', '+Inf'].map((le, bucket) => of('duration_bucket', { le }, 3 * (bucket + 1))),
      ];
    }),
  );
}

const REFUSED_FOR_MOST = 'matching that only the app with one pod can do';
const SHAPES: readonly (readonly [string, (matchers: string) => string])[] = [
  ['a rate', (m) => `sum(rate(requests{${m}}[3m]))`],
  ['a mean', (m) => `avg(requests{${m}})`],
  ['the largest pod', (m) => `max(max by (pod) (requests{${m}}))`],
  ['one pod', (m) => `last_over_time(requests{${m},pod="p1"}[59s])`],
  ['several series', (m) => `requests{${m}}`],
  ['a share', (m) => `sum(requests{${m}}) / sum(limit{${m}}) * 100`],
  ['matching', (m) => `sum(requests{${m}} / on(pod) limit{${m}})`],
  ['a quantile', (m) => `histogram_quantile(0.9, sum by (le) (rate(duration_bucket{${m}}[5m])))`],
  ['a comparison', (m) => `sum(requests{${m}}) > 500`],
  [REFUSED_FOR_MOST, (m) => `requests{${m}} * on(app) limit{${m},pod="p0"}`],
];

function asked(query: string, slots = SLOTS): SeriesRequest {
  const workload = { namespace: 'n', name: 'w' };
  const toMs = START_MS + slots * MINUTE_MS;
  return { workload, metric: 'arrivalRate', query, fromMs: START_MS, toMs, stepSeconds: 60 };
}

describe.skipIf(prometheusBinaries() === undefined)('a fleet in one query (needs prometheus)', () => {
  let prometheus: RealPrometheus;
  let source: MetricsSource;
  beforeAll(async () => {
    prometheus = await startBackfilled(world());
  }, 60_000);
  afterAll(() => prometheus.remove());
  beforeEach(() => {
    source = createPrometheusSource(prometheusConfigFromUrl(prometheus.url));
    return () => source.close();
  });

  const counted = async (requests: readonly SeriesRequest[]) => {
    const before = await queriesSoFar(prometheus.url);
    const answers = await source.read(requests, NEVER);
    return { answers, queries: (await queriesSoFar(prometheus.url)) - before };
  };
  const oneByOne = async (requests: readonly SeriesRequest[]): Promise<SeriesAnswer[]> => {
    const answers: SeriesAnswer[] = [];
    for (const request of requests) answers.push(...(await source.read([request], NEVER)));
    return answers;
  };
  const fleet = (shape: (matchers: string) => string, slots?: number): SeriesRequest[] =>
    APPS.map(([ns, app]) => asked(shape(`ns="${ns}",app="${app}"`), slots));

  test.each(SHAPES)('%s: the same answers, to the last bit, as one by one', async (name, shape) => {
    const requests = fleet(shape);
    const { answers, queries } = await counted(requests);
    expect(answers).toEqual(await oneByOne(requests));
    const kinds = new Set(answers.map(({ kind }) => kind));
    if (name === REFUSED_FOR_MOST) expect([...kinds].sort()).toEqual(['queryRejected', 'samples']);
    else expect(queries).toBe(1);
  });

  test('at one instant as well', async () => {
    const requests = fleet((m) => `sum(requests{${m}})`, 1);
    const { answers, queries } = await counted(requests);
    expect(answers).toEqual(await oneByOne(requests));
    expect(queries).toBe(1);
  });

  test('a workload that the server has nothing of is empty, and the others are not', async () => {
    const shape = (m: string): string => `sum(requests{${m}})`;
    const requests = [
      ...fleet(shape),
      asked(shape('ns="shop",app="gone"')),
      asked(shape('ns="bank",app="a.b"')),
    ];
    const { answers, queries } = await counted(requests);
    expect(answers.map(({ kind }) => kind)).toEqual([...APPS.map(() => 'samples'), 'empty', 'empty']);
    expect(queries).toBe(1);
  });

  test('queries of several kinds: one of each', async () => {
    const { queries } = await counted([
      ...fleet((m) => `sum(requests{${m}})`),
      ...fleet((m) => `sum(limit{${m}})`),
      ...fleet((m) => `sum(requests{${m}})`, SLOTS - 1),
      asked('vector(1)'),
    ]);
    expect(queries).toBe(4);
  });
});
