import { describe, expect, test } from 'vitest';
import { createHistoryBuffer } from '../../../src/observe/history-buffer.ts';
import { learnRate } from '../../../src/control/learn-rate.ts';
import type { StoredDecision } from '../../../src/control/decision-store.ts';
import type { SeriesRequest } from '../../../src/observe/metrics-source.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { aPolicy, type DeepPartial } from '../../builders/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import { fleetUnderTest, MINUTE, START_MS } from './fleet-under-test.ts';

const RPS = 400;
const learning = (overrides: DeepPartial<Policy> = {}) =>
  aPolicy({
    workload: { namespace: 'shop', name: 'a' },
    forecast: { lookbackSeconds: 3600 },
    metrics: { queries: { arrivalRate: 'arrivals', throughput: 'done', busySlots: 'busy' } },
    capacity: { serviceRateRps: null },
    ...overrides,
  });

/** 400 rps that servers complete at `rateAt` each; a wobble of 1 % as no measurement is without one. */
const sourceAt = (rateAt: (startMs: number) => number, fromMs = START_MS) =>
  createFakeMetricsSource({
    value: (startMs: number, { query, metric }: SeriesRequest) => {
      if (metric === 'arrivalRate') return RPS;
      if (startMs < fromMs) return undefined;
      const wobble = 1 + 0.01 * Math.sin(startMs / MINUTE);
      return query === 'busy' ? RPS / rateAt(startMs) : RPS * wobble;
    },
  });

const at = (minute: number) => minute * 60 + 30;

async function played(minutes: readonly number[], source: ReturnType<typeof sourceAt>, policy = learning()) {
  const scaler = createFakeScaler({ startReplicas: 3 });
  const { tickAt, deps } = fleetUnderTest({ source, policy: () => policy, deps: { scaler } });
  const stored: StoredDecision[] = [];
  for (const minute of minutes) stored.push(...(await tickAt(at(minute))));
  return { decisions: stored.map(({ decision }) => decision), deps };
}

describe('a service rate that is to be learned', () => {
  test('until it is known what runs is kept, whatever the load; then the load is sized for', async () => {
    const { decisions } = await played(
      [1, 5, 9, 12],
      sourceAt(() => 25),
    );
    expect(decisions.map(({ outcome }) => outcome.reason)).toEqual([
      'ServiceRateUnknown',
      'ServiceRateUnknown',
      'ServiceRateUnknown',
      expect.not.stringMatching('ServiceRateUnknown'),
    ]);
    expect(decisions[2].outcome.kind).toBe('abstain');
    expect(decisions[2].sizing).toBeUndefined();
    const { observed, sizing } = decisions[3];
    expect(observed.learnedRate).toMatchObject({ kind: 'learned', source: 'busySlots', samples: 12 });
    expect(observed.serviceRateRps).toBeGreaterThan(24.5);
    expect(observed.serviceRateRps).toBeLessThan(25);
    expect(sizing?.neededReplicas).toBeGreaterThanOrEqual(3);
  });

  test('a drop after a deploy is told, and gives more replicas within ten minutes', async () => {
    const deployMs = START_MS + 60 * MINUTE;
    const { decisions } = await played(
      [59, 70],
      sourceAt((startMs) => (startMs < deployMs ? 25 : 15)),
    );
    const [before, after] = decisions;
    expect(before.observed.learnedRate).toMatchObject({ drop: null });
    expect(after.observed.learnedRate).toMatchObject({ drop: { atMs: deployMs } });
    expect(after.observed.serviceRateRps).toBeLessThan(15.1);
    expect(after.sizing!.neededReplicas).toBeGreaterThan(before.sizing!.neededReplicas);
  });

  test('a restart learns the same from the same history', async () => {
    const minutes = Array.from({ length: 40 }, (_, i) => i + 1);
    const ran = await played(
      minutes,
      sourceAt(() => 25),
    );
    const restarted = await played(
      [40],
      sourceAt(() => 25),
    );
    expect(restarted.decisions[0].observed.learnedRate).toEqual(ran.decisions.at(-1)?.observed.learnedRate);
  });

  test('the policy that gives the rate asks for no history of what it would be learned from', async () => {
    const source = sourceAt(() => 10);
    const given = learning({ capacity: { serviceRateRps: 25 } });
    const { decisions, deps } = await played([12], source, given);
    expect(decisions[0].observed).not.toHaveProperty('learnedRate');
    expect(decisions[0].observed.serviceRateRps).toBe(25);
    expect(deps.fleet.members()[0].work).toEqual({});
  });

  test('what is not there is said', async () => {
    const policy = learning({
      metrics: { queries: { arrivalRate: 'arrivals', throughput: 'done', cpuUtilization: 'busy' } },
    });
    const { decisions } = await played(
      [12],
      sourceAt(() => 25),
      policy,
    );
    const [{ outcome, guards }] = decisions;
    expect(outcome).toEqual({ kind: 'abstain', reason: 'ServiceRateUnknown' });
    expect(guards[0].message).toContain('readyReplicas');
  });
});

test('without a newer slot nothing is learned anew', () => {
  const policy = learning();
  const buffer = () => createHistoryBuffer({ stepSeconds: 60, lookbackSeconds: 10_800 });
  const work = { throughput: buffer(), busySlots: buffer() };
  const first = learnRate(policy, work, START_MS, undefined);
  expect(learnRate(policy, work, START_MS + 15_000, first)).toBe(first);
});
