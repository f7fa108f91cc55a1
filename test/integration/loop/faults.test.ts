import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ALWAYS } from '../../../src/control/fleet.ts';
import type { Reason } from '../../../src/domain/reasons.ts';
import { seriesEndMs } from '../../../src/domain/time-series.ts';
import { parsePrometheusConfig } from '../../../src/observe/prometheus/prometheus-config.ts';
import { createPrometheusSource } from '../../../src/observe/prometheus/prometheus-source.ts';
import type { MetricsSource } from '../../../src/observe/metrics-source.ts';
import type { Recording } from '../../../src/observe/recording/recording.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../../fakes/fault-proxy.ts';
import {
  startBackfilled,
  prometheusBinaries,
  type RealPrometheus,
  startPrometheus,
} from '../prometheus/real-prometheus.ts';
import { traceQuery, traceSeries } from '../prometheus/trace-days.ts';
import { playLoop, type PlayedTick } from './play-loop.ts';
import { policyForTrace, tracesToPlay } from './traces.ts';

const SOURCE_SECONDS = 0.3;
const OBSERVE_SECONDS = 0.5;
const TIMEOUT_SECONDS = 0.8;
/** Ticks before the fault, with it, and after it. */
const [CALM, FAULTY, AFTER] = [24, 8, 8];
/** A model that costs next to nothing: what takes time here is the source. */
function quickPolicy(recording: Recording): Policy {
  const policy = policyForTrace(recording, traceQuery(recording));
  return {
    ...policy,
    forecast: { ...policy.forecast, models: ['moving-average'], lookbackSeconds: 6 * 3600 },
  };
}

const TICKS = CALM + FAULTY + AFTER;

describe.skipIf(prometheusBinaries() === undefined)(
  'faults of a real Prometheus while the loop runs (needs apt package prometheus)',
  () => {
    let prometheus: RealPrometheus;
    let proxy: FaultProxy;
    let recording: Recording;
    beforeAll(async () => {
      [recording] = await tracesToPlay();
      prometheus = await startBackfilled([traceSeries(recording)]);
      proxy = await startFaultProxy(prometheus.url);
    });
    afterAll(async () => {
      await proxy.close();
      await prometheus.remove();
    });

    const sourceAt = (url: string): MetricsSource => {
      const config = { default: { url, timeout: `${SOURCE_SECONDS * 1000}ms` } };
      return createPrometheusSource(parsePrometheusConfig(config, 'test.yaml')[0]);
    };

    /** Plays with a fault that begins and ends between two ticks. */
    async function playWith(
      url: string,
      begin: () => unknown,
      end: () => unknown,
    ): Promise<readonly PlayedTick[]> {
      const source = sourceAt(url);
      const played = await playLoop([{ policy: quickPolicy(recording), source, attendance: ALWAYS }], {
        firstAtMs: seriesEndMs(recording.columns.arrivalRate) - 3600_000,
        ticks: TICKS,
        observeSeconds: OBSERVE_SECONDS,
        timeoutSeconds: TIMEOUT_SECONDS,
        before: async (index) => {
          if (index === CALM) await begin();
          if (index === CALM + FAULTY) await end();
        },
      });
      await source.close();
      return played;
    }

    function expectHeldWith(played: readonly PlayedTick[], reason: Reason): void {
      const decisions = played.map(({ stored }) => stored[0].decision);
      const [before, during, after] = [
        decisions.slice(0, CALM),
        decisions.slice(CALM, CALM + FAULTY),
        decisions.slice(CALM + FAULTY),
      ];
      expect(before.filter(({ outcome }) => outcome.kind === 'abstain')).toEqual([]);
      for (const { outcome, observed } of during) {
        expect(outcome).toEqual({ kind: 'abstain', reason });
        expect(observed.currentReplicas).toBe(during[0].observed.currentReplicas);
      }
      expect(after.filter(({ outcome }) => outcome.kind === 'abstain')).toEqual([]);
      expect(after[0].observed.currentReplicas).toBe(during[0].observed.currentReplicas);
      // What had been missed is known again, and so is in the history that forecasts are made from. (Where the source
      // said NaN of slots that it had given before, its word was taken, for as far back as late samples are read.)
      expect(after[0].observed.coverageRatio).toBeGreaterThanOrEqual(
        reason === 'NotANumberMetrics' ? 0.8 : before.at(-1)!.observed.coverageRatio,
      );
    }

    /** In real time, by a clock that never steps; the slack is for a busy machine. */
    function expectInTime(played: readonly PlayedTick[]): void {
      const slowest = Math.max(...played.slice(CALM).map(({ realSeconds }) => realSeconds));
      expect(slowest).toBeLessThan(TIMEOUT_SECONDS + 0.5);
    }

    test.each<[Fault, Reason]>([
      ['refuse', 'MetricsSourceDown'],
      ['hang', 'MetricsSourceDown'],
      ['slowDrip', 'MetricsSourceDown'],
      ['internalError', 'MetricsSourceDown'],
      ['unavailable', 'MetricsSourceDown'],
      ['partialBody', 'MetricsSourceDown'],
      ['garbage', 'MetricsSourceDown'],
      ['empty', 'EmptyMetrics'],
      ['notANumber', 'NotANumberMetrics'],
      ['warning', 'PartialMetrics'],
      ['twoSeries', 'MetricsQueryRejected'],
      ['badData', 'MetricsQueryRejected'],
    ])('%s: abstains with %s, keeps the replicas, recovers by itself, in time', async (fault, reason) => {
      const played = await playWith(
        proxy.url,
        () => proxy.set(fault),
        () => proxy.set('none'),
      );
      expectHeldWith(played, reason);
      expectInTime(played);
    });

    test('hung (SIGSTOP): as above', async () => {
      const played = await playWith(
        prometheus.url,
        () => prometheus.suspend(),
        () => prometheus.resume(),
      );
      expectHeldWith(played, 'MetricsSourceDown');
      expectInTime(played);
    });

    test('killed and started again: as above', async () => {
      const { dir, port, url } = prometheus;
      const played = await playWith(
        url,
        () => prometheus.kill(),
        async () => {
          prometheus = await startPrometheus(dir, port);
        },
      );
      expectHeldWith(played, 'MetricsSourceDown');
      expectInTime(played);
    });

    test('down from the start: nothing is concluded until it answers, then all of the history is there', async () => {
      await prometheus.kill();
      const { dir, port, url } = prometheus;
      const source = sourceAt(url);
      const policy = quickPolicy(recording);
      const played = await playLoop([{ policy, source, attendance: ALWAYS }], {
        firstAtMs: seriesEndMs(recording.columns.arrivalRate) - 3600_000,
        ticks: 10,
        observeSeconds: OBSERVE_SECONDS,
        timeoutSeconds: TIMEOUT_SECONDS,
        before: async (index) => {
          if (index === 5) prometheus = await startPrometheus(dir, port);
        },
      });
      await source.close();
      const decisions = played.map(({ stored }) => stored[0].decision);
      expect(decisions.map(({ outcome }) => outcome.kind === 'abstain')).toEqual(
        decisions.map((_decision, index) => index < 5),
      );
      expect(decisions[5].forecast.kind).toBe('forecast');
    });
  },
);
