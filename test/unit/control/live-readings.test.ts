import { asKept } from '../../../src/domain/time-series.ts';
import { describe, expect, test } from 'vitest';
import type { TargetRollout } from '../../../src/actuate/rollout-state.ts';
import type { Scaler } from '../../../src/actuate/scaler.ts';
import { NOTHING_LIVE, withRollout } from '../../../src/control/live-readings.ts';
import type { LiveHistory } from '../../../src/domain/live-history.ts';
import type { ChainRequest, ForecastChain } from '../../../src/forecast/select-forecast.ts';
import type { MetricName } from '../../../src/domain/metric-name.ts';
import { decideWhatIf } from '../../../src/control/what-if.ts';
import { createForecastsInTurn } from '../../../src/replay/forecasts-in-turn.ts';
import { liveReadings } from '../../../src/forecast/features/live-readings.ts';
import { aPolicy } from '../../builders/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import { fleetUnderTest, lastValueForecaster, MINUTE, START_MS, swing } from './fleet-under-test.ts';

const LATENCY = (startMs: number): number => 0.1 + ((startMs / MINUTE) % 7) / 100;

function policyWith(queries: Partial<Record<MetricName, string>>, models = ['lstm'] as const) {
  const plain = aPolicy({ workload: { namespace: 'shop', name: 'a' } });
  return aPolicy({
    workload: plain.workload,
    metrics: { ...plain.metrics, queries: { ...plain.metrics.queries, ...queries } },
    forecast: { ...plain.forecast, lookbackSeconds: 3600, models },
  });
}

/** Remembers what it was asked. */
function listening(): ForecastChain & { readonly asked: ChainRequest[] } {
  const asked: ChainRequest[] = [];
  const inner = lastValueForecaster();
  return {
    asked,
    forecast(requests) {
      asked.push(...requests);
      return inner.forecast(requests);
    },
  };
}

interface Told {
  readonly queries?: Partial<Record<MetricName, string>>;
  readonly read?: readonly ('latency' | 'errorRatio')[];
  readonly latency?: (startMs: number) => number | undefined;
  readonly models?: readonly ['lstm'] | readonly ['arima'];
}

function fleet({ queries = { latency: 'p99' }, read = ['latency'], latency = LATENCY, models }: Told) {
  const forecaster = listening();
  const source = createFakeMetricsSource({
    value: (startMs, { metric }) => (metric === 'latency' ? latency(startMs) : swing(startMs)),
    resolutionSeconds: 60,
  });
  const policy = policyWith(queries, models as readonly ['lstm']);
  const under = fleetUnderTest({
    policy: () => policy,
    source,
    deps: { forecaster, liveMetricsRead: () => read },
  });
  return { ...under, forecaster, source, policy };
}

function latencyIn(live: LiveHistory | undefined): number[] {
  return [...(live?.metrics.latency?.values ?? [])];
}

test('a forecast is told the live metrics that the policy names and a network reads, on the grid of its rates', async () => {
  const { tickAt, forecaster } = fleet({});
  await tickAt(0);
  await tickAt(60);
  const [, { series, live }] = forecaster.asked;
  const { latency } = live!.metrics;
  expect(latency!.stepSeconds).toBe(series.stepSeconds);
  const offset = (series.startAtMs - latency!.startAtMs) / MINUTE;
  series.values.forEach((_, slot) =>
    expect(latency!.values[slot + offset]).toBe(Math.fround(LATENCY(series.startAtMs + slot * MINUTE))),
  );
});

test.each<[string, Told]>([
  ['no network reads it', { read: [] }],
  ['the policy does not name it', { queries: {} }],
  ['the policy has no network forecast', { models: ['arima'] }],
])('nothing is kept where %s, and nothing more asked for', async (_, told) => {
  const { tickAt, forecaster, source, deps } = fleet(told);
  await tickAt(0);
  expect(forecaster.asked[0].live).toBeUndefined();
  expect(deps.fleet.members()[0].live.histories).toEqual({});
  const spans = source.batches[0]
    .filter(({ metric }) => metric === 'latency')
    .map(({ fromMs, toMs }) => toMs - fromMs);
  for (const span of spans) expect(span).toBeLessThan(10 * MINUTE);
});

test.each<[string, (startMs: number) => number | undefined]>([
  ['a gap', () => undefined],
  ['a value that is not a number', () => Number.NaN],
  ['an endless value', () => Infinity],
  ['a value below zero', () => -1],
])('%s is not known, and not a zero', async (_, bad) => {
  const from = START_MS - 5 * MINUTE;
  const { tickAt, forecaster } = fleet({ latency: (at) => (at < from ? LATENCY(at) : bad(at)) });
  await tickAt(0);
  const [{ series, live }] = forecaster.asked;
  const readings = liveReadings(live!, { stepSeconds: 60, slotsPerDay: 1440, phaseMs: 0 });
  const origin = series.startAtMs / MINUTE + series.values.length;
  expect(readings.now('latency', origin)).toBeNaN();
  expect(readings.dayMean('latency', origin)).toBeGreaterThan(0.1);
  expect(latencyIn(live)).not.toContain(0);
});

test('a metric whose network comes later is known from then on', async () => {
  const read: 'latency'[] = [];
  const { tickAt, forecaster } = fleet({ read });
  await tickAt(0);
  read.push('latency');
  await tickAt(60);
  expect(forecaster.asked[0].live).toBeUndefined();
  expect(latencyIn(forecaster.asked[1].live).length).toBeGreaterThan(0);
});

test('live, replay and the API ask for a forecast with the same readings', async () => {
  const { tickAt, forecaster, policy } = fleet({});
  await tickAt(0);
  const [{ series, live }] = forecaster.asked;
  const rows = 4000;
  const startAtMs = START_MS - 3500 * MINUTE;
  const column = (value: (startMs: number) => number) => ({
    startAtMs,
    stepSeconds: 60,
    values: Float64Array.from({ length: rows }, (_, slot) => value(startAtMs + slot * MINUTE)),
  });
  const whole: LiveHistory = { metrics: { latency: column(LATENCY) }, rolloutsAtMs: [] };
  const played = listening();
  const slot = (series.startAtMs - startAtMs) / MINUTE + series.values.length;
  const world = {
    ...{ chain: played, policy, tickSeconds: 15 },
    history: asKept(column(swing)),
    live: { ...whole, metrics: { latency: asKept(column(LATENCY)) } },
  };
  createForecastsInTurn(world)(slot);
  const asked = listening();
  const replicas = { currentReplicas: 3, readyReplicas: 3, rollingOut: false };
  decideWhatIf(asked, {
    ...{ policy, nowMs: START_MS, tickSeconds: 15, forecast: undefined, memory: undefined },
    seen: {
      kind: 'samples',
      ...{ history: column(swing), live: whole, replicas, backlogRequests: 0, work: {}, dependencies: [] },
    },
  });
  const grid = { stepSeconds: 60, slotsPerDay: 1440, phaseMs: 0 };
  const origin = series.startAtMs / MINUTE + series.values.length;
  const [ofLive, ofReplay, ofApi] = [live, played.asked[0].live, asked.asked[0].live].map((one) => {
    const readings = liveReadings(one!, grid);
    const origins = Array.from({ length: 50 }, (_, back) => origin - 17 * back);
    return origins.map((at) => [readings.now('latency', at), readings.dayMean('latency', at).toFixed(9)]);
  });
  expect(ofReplay).toEqual(ofLive);
  expect(ofApi).toEqual(ofLive);
});

describe('rollouts', () => {
  const at = (minutes: number): number => START_MS + minutes * MINUTE;
  const told = (revision: string, progressedAtMs: number | null): TargetRollout => ({
    revision,
    progressedAtMs,
  });
  const seen = (...looks: readonly [number, TargetRollout | undefined][]): readonly number[] =>
    looks.reduce((live, [minutes, rollout]) => withRollout(live, rollout, at(minutes)), NOTHING_LIVE)
      .rolloutsAtMs;

  test.each<[string, readonly [number, TargetRollout | undefined][], readonly number[]]>([
    ['the one that is there at the first look came further then', [[10, told('1', at(3))]], [at(3)]],
    ['one that the target tells no time of is not known', [[10, told('1', null)]], []],
    [
      'one that begins while it is watched has begun then',
      [
        [10, told('1', null)],
        [20, told('2', at(19))],
      ],
      [at(20)],
    ],
    [
      'what comes further is no other one',
      [
        [10, told('1', at(3))],
        [20, told('2', at(19))],
        [25, told('2', at(24))],
      ],
      [at(3), at(20)],
    ],
    ['a target that tells nothing', [[10, undefined]], []],
    [
      'a target that tells nothing for a while keeps what was known',
      [
        [10, told('1', at(3))],
        [11, undefined],
        [12, told('1', at(3))],
      ],
      [at(3)],
    ],
  ])('%s', (_, looks, expected) => {
    expect(seen(...looks)).toEqual(expected);
  });

  test('are handed to the forecast as soon as they are seen', async () => {
    const scaler = createFakeScaler({ startReplicas: 3 });
    const rollout = { revision: '4', progressedAtMs: START_MS - MINUTE };
    const telling: Scaler = {
      ...scaler,
      read: async (...asked) => ({ ...(await scaler.read(...asked)), rollout }),
    };
    const forecaster = listening();
    await fleetUnderTest({ deps: { forecaster, scaler: telling } }).tickAt(0);
    expect(forecaster.asked[0].live).toEqual({ metrics: {}, rolloutsAtMs: [START_MS - MINUTE] });
  });
});
