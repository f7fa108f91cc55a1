import { afterAll, beforeAll, describe } from 'vitest';
import { createPrometheusSource } from '../../../src/observe/prometheus/prometheus-source.ts';
import { prometheusConfigFromUrl } from '../../../src/observe/prometheus/prometheus-config.ts';
import { metricsSourceContract, WORLD, WORLD_LABELS } from '../../contract/metrics-source.contract.ts';
import { prometheusFaults } from '../../contract/metrics-source-faults.ts';
import { prometheusBinaries, type RealPrometheus, startBackfilled } from './real-prometheus.ts';

const { arrivalRate, latency, notANumberSlots } = WORLD;

describe.skipIf(prometheusBinaries() === undefined)(
  'a real Prometheus (needs apt package prometheus)',
  () => {
    let prometheus: RealPrometheus;
    beforeAll(async () => {
      prometheus = await startBackfilled([
        { metric: 'arrival_rate_rps', labels: WORLD_LABELS, series: arrivalRate, notANumberSlots },
        { metric: 'latency_seconds', labels: WORLD_LABELS, series: latency },
      ]);
    });
    afterAll(() => prometheus.remove());

    describe('keeps the contract', () => {
      metricsSourceContract(() =>
        Promise.resolve(createPrometheusSource(prometheusConfigFromUrl(prometheus.url))),
      );
    });
    describe('behind a proxy with faults', () => prometheusFaults(() => prometheus.url));
  },
);
