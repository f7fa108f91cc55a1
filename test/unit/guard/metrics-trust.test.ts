import { describe, expect, test } from 'vitest';
import type { Measurement } from '../../../src/domain/measurement.ts';
import type { Reason } from '../../../src/domain/reasons.ts';
import { metricsTrust } from '../../../src/guard/metrics-trust.ts';
import { aGuardInput } from '../../builders/guard-input.ts';
import { anObservation, measured, NOW_MS } from '../../builders/observation.ts';

const UNTRUSTED: readonly (readonly [string, Measurement, Reason, string])[] = [
  [
    'a stale sample',
    { kind: 'stale', value: 1000, endsAtMs: NOW_MS - 185_000 },
    'StaleMetrics',
    'the newest sample is 3m5s old, older than 2m; keeps 10',
  ],
  ['an empty answer', { kind: 'empty' }, 'EmptyMetrics', 'the source answered without a sample; keeps 10'],
  [
    'a sample that is not a number',
    { kind: 'notANumber', endsAtMs: NOW_MS },
    'NotANumberMetrics',
    'the newest sample is not a number; keeps 10',
  ],
  [
    'an incomplete answer',
    { kind: 'partial', message: 'store b timed out' },
    'PartialMetrics',
    'the source answered in part: store b timed out; keeps 10',
  ],
  [
    'a query that is refused',
    { kind: 'queryRejected', message: 'parse error at char 7' },
    'MetricsQueryRejected',
    'the source refuses the query: parse error at char 7; keeps 10',
  ],
  [
    'a source that is down',
    { kind: 'sourceDown', message: 'connect ECONNREFUSED' },
    'MetricsSourceDown',
    'the source does not answer: connect ECONNREFUSED; keeps 10',
  ],
];

describe('anything but a value keeps what runs', () => {
  test.each(UNTRUSTED)('%s', (_name, arrivalRate, reason, message) => {
    const input = aGuardInput({ observation: anObservation({ arrivalRate, currentReplicas: 10 }) });
    for (const beforeReplicas of [4, 10, 30])
      expect(metricsTrust.judge(input, beforeReplicas)).toEqual({ afterReplicas: 10, reason, message });
  });
});

describe('coverage of the recent slots', () => {
  const judge = (coverageRatio: number, beforeReplicas: number) =>
    metricsTrust.judge(aGuardInput({ observation: anObservation({ coverageRatio }) }), beforeReplicas);

  test('half of them is enough to remove', () => {
    expect(judge(0.5, 4)).toMatchObject({ afterReplicas: 4, reason: 'ReadyForNewScale' });
  });
  test('fewer than half may add but not remove', () => {
    expect(judge(0.4, 4)).toEqual({
      afterReplicas: 10,
      reason: 'PartialMetrics',
      message: '40 % of the recent slots hold a sample; keeps 10 instead of 4',
    });
    expect(judge(0.4, 12)).toMatchObject({ afterReplicas: 12, reason: 'PartialMetrics' });
  });
});

test('a measured zero is a value like any other', () => {
  const input = aGuardInput({ observation: anObservation({ arrivalRate: measured(0) }) });
  expect(metricsTrust.judge(input, 3)).toMatchObject({ afterReplicas: 3, reason: 'ReadyForNewScale' });
});

test('what runs above maxReplicas is not asked for again', () => {
  const observation = anObservation({ currentReplicas: 70, arrivalRate: { kind: 'empty' } });
  expect(metricsTrust.judge(aGuardInput({ observation }), 30).afterReplicas).toBe(60);
  expect(metricsTrust.judge(aGuardInput({ observation }), 70).afterReplicas).toBe(70);
});

test('a load without a service rate to size it with keeps what runs, and says what is missing', () => {
  const learnedRate = { kind: 'unknown', message: '3 of the 10 slots that it takes' } as const;
  const observation = anObservation({ serviceRateRps: null, learnedRate });
  for (const beforeReplicas of [4, 10, 30])
    expect(metricsTrust.judge(aGuardInput({ observation }), beforeReplicas)).toEqual({
      afterReplicas: 10,
      reason: 'ServiceRateUnknown',
      message: 'the service rate is not known yet: 3 of the 10 slots that it takes; keeps 10',
    });
});
