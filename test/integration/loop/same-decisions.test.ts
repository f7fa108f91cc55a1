import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { planPlayback } from '../../../src/cli/run/playback.ts';
import { desiredReplicas } from '../../../src/domain/decision.ts';
import { seriesEndMs } from '../../../src/domain/time-series.ts';
import { prometheusConfigFromUrl } from '../../../src/observe/prometheus/prometheus-config.ts';
import { createPrometheusSource } from '../../../src/observe/prometheus/prometheus-source.ts';
import type { MetricsSource } from '../../../src/observe/metrics-source.ts';
import type { Recording } from '../../../src/observe/recording/recording.ts';
import { createRecordingSource } from '../../../src/observe/recording/recording-source.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { prometheusBinaries, type RealPrometheus, startBackfilled } from '../prometheus/real-prometheus.ts';
import { HAS_TRACES, traceQuery, traceSeries } from '../prometheus/trace-days.ts';
import { playLoop, TICK_SECONDS } from './play-loop.ts';
import { policyForTrace, tracesToPlay } from './traces.ts';

const WINDOW_SECONDS = 6 * 3600;
const TICKS = WINDOW_SECONDS / TICK_SECONDS;

describe.skipIf(prometheusBinaries() === undefined)(
  `the whole loop against a real Prometheus (needs apt package prometheus), ${HAS_TRACES ? 'real traces' : 'generated series, as ../shared/traces is absent'}`,
  () => {
    let prometheus: RealPrometheus;
    let live: MetricsSource;
    let recordings: readonly Recording[];
    beforeAll(async () => {
      recordings = await tracesToPlay();
      prometheus = await startBackfilled(recordings.map(traceSeries));
      live = createPrometheusSource(prometheusConfigFromUrl(prometheus.url));
    });
    afterAll(async () => {
      await live.close();
      await prometheus.remove();
    });

    test('decides the same, tick by tick and field by field, as from the files', async () => {
      const policies = recordings.map((recording) => policyForTrace(recording, traceQuery(recording)));
      const file = createRecordingSource(
        recordings.map((recording, index) => ({ workload: policies[index].workload, recording })),
      );
      const plan = planPlayback(
        recordings.map((recording, index) => playbackRequest(recording, policies[index])),
        { from: { kind: 'beforeEnd', seconds: WINDOW_SECONDS } },
      );
      const playFrom = (source: MetricsSource) =>
        playLoop(
          policies.map((policy, index) => ({ policy, source, attendance: plan.parts[index] })),
          { firstAtMs: plan.firstAtMs, ticks: TICKS },
        );
      const fromFile = await playFrom(file);
      const fromLive = await playFrom(live);
      expect(fromFile).toHaveLength(TICKS);
      fromFile.forEach(({ stored }, index) => expect(fromLive[index].stored).toEqual(stored));
      for (const [index, { workload }] of policies.entries()) {
        const decisions = fromFile.map(({ stored }) => stored[index].decision);
        expect(decisions[0].workload).toEqual(workload);
        const targets = new Set(decisions.map(desiredReplicas));
        const kinds = new Set(decisions.map(({ outcome }) => outcome.kind));
        console.log(
          `${workload.name}: ${decisions.length} decisions, targets ${Math.min(...targets)} to ${Math.max(...targets)}, ${[...kinds].join(', ')}`,
        );
        // A loop that always says the same would agree with itself too; only the steady load is to have one answer.
        if (workload.name !== 'steady') expect(targets.size).toBeGreaterThan(2);
      }
      expect(
        fromFile.some(({ stored }) => stored.some(({ decision }) => decision.outcome.kind === 'abstain')),
      ).toBe(true);
    }, 600_000);
  },
);

function playbackRequest(recording: Recording, policy: Policy) {
  const { arrivalRate } = recording.columns;
  return {
    name: recording.name,
    span: { startAtMs: recording.startAtMs, endAtMs: seriesEndMs(arrivalRate) },
    delaySeconds: policy.metrics.delaySeconds,
    stepSeconds: recording.stepSeconds,
  };
}
