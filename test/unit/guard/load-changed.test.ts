import { expect, test } from 'vitest';
import { forecastTrust } from '../../../src/guard/forecast-trust.ts';
import { aForecast } from '../../builders/forecast.ts';
import { aGuardInput } from '../../builders/guard-input.ts';
import { NOW_MS } from '../../builders/observation.ts';

test.each([
  [
    'a cliff two minutes ago: capacity waits for the retries',
    120,
    'down',
    { before: 4, after: 10, reason: 'LoadChanged' },
  ],
  ['a flash crowd two minutes ago: nothing goes', 120, 'up', { before: 4, after: 10, reason: 'LoadChanged' }],
  ['a flash crowd: more come at once', 120, 'up', { before: 40, after: 40, reason: 'LoadChanged' }],
  ['ten minutes later it is still held', 600, 'down', { before: 4, after: 10, reason: 'LoadChanged' }],
  ['after that it is where the load stays', 601, 'down', { before: 4, after: 4, reason: 'ReadyForNewScale' }],
] as const)('%s', (_, sinceSeconds, direction, { before, after, reason }) => {
  const change = { atMs: NOW_MS - sinceSeconds * 1000, direction };
  const input = aGuardInput({ forecast: aForecast(1000, { change }) });
  expect(forecastTrust.judge(input, before)).toMatchObject({ afterReplicas: after, reason });
});
