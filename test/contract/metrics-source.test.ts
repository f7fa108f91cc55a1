import { afterAll, describe, expect, test } from 'vitest';
import { createPrometheusSource } from '../../src/observe/prometheus/prometheus-source.ts';
import { prometheusConfigFromUrl } from '../../src/observe/prometheus/prometheus-config.ts';
import { createRecordingSource } from '../../src/observe/recording/recording-source.ts';
import { type FakePrometheus, startFakePrometheus } from '../fakes/prometheus.ts';
import { metricsSourceContract, WORLD, worldQuery } from './metrics-source.contract.ts';

const { workload, arrivalRate, latency, notANumberSlots } = WORLD;

describe('recording source', () => {
  const recording = {
    name: 'world',
    stepSeconds: arrivalRate.stepSeconds,
    startAtMs: arrivalRate.startAtMs,
    columns: { arrivalRate, latency },
    notANumberSlots: { arrivalRate: Uint32Array.from(notANumberSlots) },
    warnings: [],
  };
  metricsSourceContract(() => Promise.resolve(createRecordingSource([{ workload, recording }])));

  test('has no column for what a dependency has left, whatever its name', async () => {
    const { stepSeconds, startAtMs } = recording;
    const metric = { dependency: 'arrivalRate' };
    const span = { fromMs: startAtMs, toMs: startAtMs + 600_000, stepSeconds };
    const source = createRecordingSource([{ workload, recording }]);
    const answers = await source.read(
      [{ workload, metric, query: 'free', ...span }],
      new AbortController().signal,
    );
    expect(answers).toEqual([{ kind: 'empty' }]);
  });
});

describe('Prometheus source on a fake server', () => {
  let fake: FakePrometheus;
  afterAll(() => fake.close());
  metricsSourceContract(async () => {
    fake = await startFakePrometheus({
      [worldQuery('arrivalRate')]: [{ series: arrivalRate, notANumberSlots }],
      [worldQuery('latency')]: [{ series: latency }],
    });
    return createPrometheusSource(prometheusConfigFromUrl(fake.url));
  });
});
