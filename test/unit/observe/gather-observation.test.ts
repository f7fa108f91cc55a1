import { describe, expect, test } from 'vitest';
import { coverageRatio, gatherObservation, requestsFor } from '../../../src/observe/gather-observation.ts';
import { createHistoryBuffer } from '../../../src/observe/history-buffer.ts';
import type { SeriesAnswer } from '../../../src/observe/metrics-source.ts';
import { aDependency } from '../../builders/dependency.ts';
import { NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

const MINUTE_MS = 60_000;
const policy = aPolicy({
  metrics: {
    delaySeconds: 0,
    queries: { latency: 'histogram_quantile(0.99, …)', inFlight: 'sum(in_flight)' },
  },
  forecast: { lookbackSeconds: 3600 },
});
const newBuffer = () => createHistoryBuffer({ stepSeconds: 60, lookbackSeconds: 3600 });

/** The `count` slots before now, all with `value`. */
function lastSlots(count: number, value: number): SeriesAnswer {
  const startsAtMs = Float64Array.from({ length: count }, (_, index) => NOW_MS - (count - index) * MINUTE_MS);
  return {
    kind: 'samples',
    samples: { startsAtMs, values: startsAtMs.map(() => value) },
    partialMessage: null,
  };
}

test('asks for the history of arrivals, and for the newest of each context metric that the policy names', () => {
  const requests = requestsFor(policy, newBuffer(), NOW_MS);
  expect(
    requests.map(({ metric, query, fromMs, toMs }) => ({
      metric,
      query,
      minutes: (toMs - fromMs) / MINUTE_MS,
    })),
  ).toEqual([
    { metric: 'arrivalRate', query: policy.metrics.queries.arrivalRate, minutes: 60 },
    { metric: 'latency', query: 'histogram_quantile(0.99, …)', minutes: 4 },
    { metric: 'inFlight', query: 'sum(in_flight)', minutes: 4 },
  ]);
});

test('each answer is judged for its own metric; the history is that of the arrivals', () => {
  const buffer = newBuffer();
  const requests = requestsFor(policy, buffer, NOW_MS);
  const answers: SeriesAnswer[] = [lastSlots(20, 100), { kind: 'empty' }, lastSlots(1, 7)];
  const gathered = gatherObservation(policy, buffer, { requests, answers }, NOW_MS);
  expect(gathered).toMatchObject({
    arrivalRate: { kind: 'value', value: 100, endsAtMs: NOW_MS },
    context: { latency: { kind: 'empty' }, inFlight: { kind: 'value', value: 7 } },
    coverageRatio: 1,
  });
  expect(gathered.history.values).toEqual(new Float32Array(20).fill(100));
});

test('a dependency is asked like a context metric; what it has left may be below zero, and unknown is not zero', () => {
  const asking = aPolicy({
    metrics: { delaySeconds: 0 },
    dependencies: [
      aDependency({ name: 'broker', capacity: 40 }),
      aDependency(),
      aDependency({ name: 'cache', query: 'cache_free' }),
    ],
  });
  const buffer = newBuffer();
  const requests = requestsFor(asking, buffer, NOW_MS);
  expect(requests.slice(1).map(({ metric, query }) => [metric, query])).toEqual([
    [{ dependency: 'orders-db' }, 'orders_db_connections_free'],
    [{ dependency: 'cache' }, 'cache_free'],
  ]);
  const answers: SeriesAnswer[] = [lastSlots(20, 100), lastSlots(2, -4), { kind: 'empty' }];
  const { dependencies } = gatherObservation(asking, buffer, { requests, answers }, NOW_MS);
  expect(dependencies).toEqual([
    { name: 'orders-db', free: { kind: 'value', value: -4, endsAtMs: NOW_MS } },
    { name: 'cache', free: { kind: 'empty' } },
  ]);
});

test('a source that is down now leaves the history that is known, and its age shows in the coverage', () => {
  const buffer = newBuffer();
  const arrivals = requestsFor(aPolicy(), buffer, NOW_MS);
  buffer.append(lastSlots(20, 100), arrivals[0]);
  const laterMs = NOW_MS + 9 * MINUTE_MS;
  const requests = requestsFor(policy, buffer, laterMs).slice(0, 1);
  const answers: SeriesAnswer[] = [{ kind: 'sourceDown', message: 'connection refused' }];
  const gathered = gatherObservation(policy, buffer, { requests, answers }, laterMs);
  expect(gathered.arrivalRate).toEqual({ kind: 'sourceDown', message: 'connection refused' });
  expect(gathered.history.values).toHaveLength(20);
  expect(gathered.coverageRatio).toBeCloseTo(6 / 15);
});

test('what ends after now - delay is no part of the history', () => {
  const buffer = newBuffer();
  buffer.append(lastSlots(20, 100), { fromMs: NOW_MS - 20 * MINUTE_MS, toMs: NOW_MS });
  const set = aPolicy({ metrics: { delaySeconds: 0 } });
  // A clock that was set back by five minutes.
  const beforeMs = NOW_MS - 5 * MINUTE_MS;
  const gathered = gatherObservation(set, buffer, { requests: [], answers: [] }, beforeMs);
  expect(gathered.history.values).toHaveLength(15);
});

describe('a source that has any instant', () => {
  const SECOND_MS = 1000;
  /** Knows the minutes up to NOW_MS, and is looked at so many seconds later. */
  const after = (seconds: number) => {
    const buffer = newBuffer();
    buffer.append(lastSlots(60, 100), requestsFor(policy, buffer, NOW_MS)[0]);
    const nowMs = NOW_MS + seconds * SECOND_MS;
    const [request] = requestsFor(policy, buffer, nowMs, { isLive: true });
    const judged = (answer: SeriesAnswer) =>
      gatherObservation(policy, buffer, { requests: [request], answers: [answer] }, nowMs).arrivalRate;
    return { buffer, nowMs, request, judged };
  };
  const sampleBefore = (endsAtMs: number, value: number): SeriesAnswer => ({
    kind: 'samples',
    samples: { startsAtMs: Float64Array.of(endsAtMs - 15 * SECOND_MS), values: Float64Array.of(value) },
    partialMessage: null,
  });

  test('is asked between two slots for the load of now, at one of four instants in a minute', () => {
    const asked = [1, 16, 31, 47, 59].map((seconds) => {
      const { fromMs, toMs, stepSeconds } = after(seconds).request;
      return [(fromMs - NOW_MS) / SECOND_MS, (toMs - NOW_MS) / SECOND_MS, stepSeconds];
    });
    expect(asked).toEqual([
      [-15, 0, 15],
      [0, 15, 15],
      [15, 30, 15],
      [30, 45, 15],
      [30, 45, 15],
    ]);
  });

  test('and that is what is measured, and no part of the history', () => {
    const { buffer, judged } = after(31);
    const endsAtMs = NOW_MS + 30 * SECOND_MS;
    expect(judged(sampleBefore(endsAtMs, 400))).toEqual({ kind: 'value', value: 400, endsAtMs });
    expect(buffer.series().values).toEqual(new Float32Array(60).fill(100));
  });

  test('is asked for its history where a slot has ended since, or the newest one is missing', () => {
    expect(after(60).request).toMatchObject({ stepSeconds: 60 });
    const buffer = newBuffer();
    buffer.append(lastSlots(60, 100), requestsFor(policy, buffer, NOW_MS)[0]);
    buffer.append({ kind: 'empty' }, { fromMs: NOW_MS, toMs: NOW_MS + MINUTE_MS });
    const [request] = requestsFor(policy, buffer, NOW_MS + MINUTE_MS + SECOND_MS, { isLive: true });
    expect(request).toMatchObject({ stepSeconds: 60 });
  });

  test.each<[string, SeriesAnswer, object]>([
    ['nothing there', { kind: 'empty' }, { kind: 'empty' }],
    ['down', { kind: 'sourceDown', message: 'refused' }, { kind: 'sourceDown', message: 'refused' }],
    [
      'not a number',
      sampleBefore(NOW_MS + 30_000, Number.NaN),
      { kind: 'notANumber', endsAtMs: NOW_MS + 30_000 },
    ],
  ])('%s', (_what, answer, measured) => {
    expect(after(31).judged(answer)).toEqual(measured);
  });

  test('where it has nothing between two slots, it is asked for slots alone, and again some hours later', () => {
    const { buffer, nowMs, judged } = after(31);
    judged({ kind: 'empty' });
    const stepAt = (seconds: number): number =>
      requestsFor(policy, buffer, nowMs + seconds * SECOND_MS, { isLive: true })[0].stepSeconds;
    expect(stepAt(15)).toBe(60);
    const laterMs = 7 * 60 * MINUTE_MS;
    const startsAtMs = Float64Array.of(NOW_MS + laterMs - MINUTE_MS);
    const samples = { startsAtMs, values: Float64Array.of(100) };
    buffer.append(
      { kind: 'samples', samples, partialMessage: null },
      { fromMs: NOW_MS, toMs: NOW_MS + laterMs },
    );
    expect(stepAt(laterMs / SECOND_MS)).toBe(15);
  });

  test('a source whose samples are as far apart as they are is asked for slots alone', () => {
    const buffer = newBuffer();
    buffer.append(lastSlots(60, 100), requestsFor(policy, buffer, NOW_MS)[0]);
    const [request] = requestsFor(policy, buffer, NOW_MS + 31_000);
    expect(request).toMatchObject({ stepSeconds: 60 });
  });
});

describe('coverage is the share of slots with a sample over 15 minutes, at least three slots', () => {
  const GAP = Number.NaN;
  test.each([
    [
      'minutes, one in three missing',
      60,
      Array.from({ length: 30 }, (_, slot) => (slot % 3 === 0 ? GAP : 1)),
      2 / 3,
    ],
    ['five-minute slots: three of them', 300, [1, 1, GAP, 0, 1], 2 / 3],
    ['hours: three of them', 3600, [GAP, 1, 1, GAP], 2 / 3],
    ['too short a history counts as missing', 60, [1, 1, 1], 3 / 15],
    ['none', 60, [], 0],
  ])('%s', (_what, stepSeconds, values, ratio) => {
    const startAtMs = NOW_MS - values.length * stepSeconds * 1000;
    const history = { startAtMs, stepSeconds, values: Float64Array.from(values) };
    expect(coverageRatio(history, NOW_MS)).toBeCloseTo(ratio, 12);
  });
});
