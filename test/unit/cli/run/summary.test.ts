import { expect, test } from 'vitest';
import { keepSummary } from '../../../../src/cli/run/summary.ts';
import { summaryText } from '../../../../src/cli/run/summary-text.ts';
import type { Decision } from '../../../../src/domain/decision.ts';
import { aForecast } from '../../../builders/forecast.ts';
import { anObservation, measured } from '../../../builders/observation.ts';
import { aPolicy } from '../../../builders/policy.ts';
import { aStoredDecision } from '../../../builders/stored-decision.ts';

/** One server per replica, 10 requests per second each, SLO 0.5 s: e^-5 of the requests are late by themselves. */
const policy = aPolicy({ capacity: { serviceRateRps: 10, serversPerReplica: 1, dispatch: 'Central' } });

function summaryOf(decisions: readonly Partial<Decision>[], of = policy) {
  const keeper = keepSummary(() => of);
  for (const decision of decisions)
    keeper.add(
      [
        aStoredDecision({
          tickSeconds: 60,
          slo: { responseSeconds: 0.5, objectiveRatio: 0.99 },
          ...decision,
        }),
      ],
      0.004,
    );
  return keeper.summary();
}

const seen = (rateRps: number, readyReplicas: number) => ({
  observed: anObservation({
    serviceRateRps: 10,
    arrivalRate: measured(rateRps),
    readyReplicas,
    currentReplicas: readyReplicas,
  }),
});

test('one M/M/1 minute: P(T > 0.5 s) = e^-((10 - 6) 0.5)', () => {
  const { requests, requestsOverSlo } = summaryOf([seen(6, 1)]);
  expect(requests).toBe(360);
  expect(requestsOverSlo).toBeCloseTo(360 * Math.exp(-2), 9);
});

test('replicas that get into each other’s way serve less: two of 10 rps at contention 1 are overloaded by 11', () => {
  const contending = aPolicy({ capacity: { ...policy.capacity, scalability: { contention: 1 } } });
  const { requests, requestsOverSlo } = summaryOf([seen(11, 2)], contending);
  expect(requestsOverSlo).toBe(requests);
  expect(summaryOf([seen(11, 2)]).requestsOverSlo).toBeLessThan(requests);
});

test.each([
  ['overload', seen(11, 1)],
  ['nothing ready', seen(6, 0)],
  [
    'a backlog that takes a second to work off',
    { observed: { ...seen(6, 1).observed, backlogRequests: 10 } },
  ],
])('%s: every request is late', (_name, decision) => {
  const { requests, requestsOverSlo } = summaryOf([decision]);
  expect(requestsOverSlo).toBe(requests);
});

test('a minute without a trusted measurement is unmeasured, and its replicas are paid all the same', () => {
  const observed = anObservation({ arrivalRate: { kind: 'empty' }, currentReplicas: 6 });
  const summary = summaryOf([{ observed }, seen(6, 3)]);
  expect(summary.unmeasuredHours).toBeCloseTo(1 / 60, 12);
  expect(summary.requests).toBe(360);
  expect(summary.replicaHours).toBeCloseTo(9 / 60, 12);
});

test('a forecast that was used for four ticks was made once', () => {
  const [first, second] = [aForecast(), aForecast()];
  const { forecasts } = summaryOf([first, first, first, first, second].map((forecast) => ({ forecast })));
  expect(forecasts).toEqual({ arima: 2 });
});

test('changes are counted by direction, outcomes by reason, the most frequent first', () => {
  const scale = (toReplicas: number) =>
    ({ outcome: { kind: 'scale', toReplicas, reason: 'ReadyForNewScale' } }) as const;
  const summary = summaryOf([scale(12), {}, {}, {}, {}, scale(7), scale(13)]);
  expect(summary).toMatchObject({ scaleUps: 2, scaleDowns: 1, ticks: 7 });
  expect(Object.entries(summary.byOutcome)).toEqual([
    ['hold ForecastUnavailable', 4],
    ['scale ReadyForNewScale', 3],
  ]);
});

test('the text has every figure, on a line of its own', () => {
  const text = summaryText(
    summaryOf([seen(6, 1), { observed: anObservation({ arrivalRate: { kind: 'empty' } }) }]),
    {
      tickSeconds: 60,
      realSeconds: 3.21,
    },
  );
  expect(text.split('\n')).toHaveLength(8);
  expect(text).toMatch(/played +1m in 3\.2 s$/m);
  expect(text).toMatch(/ticks +2, 0 overrun; half within [34]\.\d ms, 99 % within [34]\.\d ms/);
  expect(text).toMatch(/replica-hours +0\.2/);
  expect(text).toMatch(/requests +360, over the SLO 49 \(13\.53 %\), estimated .*; 1m without a measurement/);
  expect(text).toContain('none; passed over: lstm ArtefactMissing 1, arima TooLittleHistory 1');
});
