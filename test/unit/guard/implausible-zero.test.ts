import { expect, test } from 'vitest';
import { implausibleZero } from '../../../src/guard/implausible-zero.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { aGuardInput } from '../../builders/guard-input.ts';
import { anObservation, measured } from '../../builders/observation.ts';

const zero = anObservation({ arrivalRate: measured(0) });

// e^-x < 1e-6 from x = 6 ln 10 = 13.8155 on: at 60 s steps that is a median of 0.230259 rps.
test.each([
  ['13.80 requests expected: an empty minute can happen', 0.23, 4, 'ReadyForNewScale'],
  ['13.83 requests expected: it cannot', 0.2305, 10, 'ImplausibleZero'],
  ['60,000 requests expected', 1000, 10, 'ImplausibleZero'],
  ['none expected', 0, 4, 'ReadyForNewScale'],
])('%s', (_name, medianRps, afterReplicas, reason) => {
  const input = aGuardInput({ observation: zero, forecast: aForecast(medianRps) });
  expect(implausibleZero.judge(input, 4)).toMatchObject({ afterReplicas, reason });
});

test('only the step that comes first is asked: zero now does not contradict a peak later', () => {
  const input = aGuardInput({ observation: zero, forecast: aForecast([0, 1000, 1000]) });
  expect(implausibleZero.judge(input, 4).afterReplicas).toBe(4);
});
test('more replicas pass', () => {
  expect(implausibleZero.judge(aGuardInput({ observation: zero }), 14)).toMatchObject({
    afterReplicas: 14,
    reason: 'ImplausibleZero',
  });
});
test.each([
  ['one request in a minute is no zero', anObservation({ arrivalRate: measured(1 / 60) })],
  ['an empty answer is no zero', anObservation({ arrivalRate: { kind: 'empty' } })],
])('%s', (_name, observation) => {
  expect(implausibleZero.judge(aGuardInput({ observation }), 4).reason).toBe('ReadyForNewScale');
});
test('without a forecast nothing speaks against a zero', () => {
  const input = aGuardInput({ observation: zero, forecast: NO_FORECAST });
  expect(implausibleZero.judge(input, 4)).toMatchObject({ afterReplicas: 4, reason: 'ReadyForNewScale' });
});
