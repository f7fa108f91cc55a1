import { expect, test } from 'vitest';
import { originStrideSlots, pastOrigins } from '../../../src/forecast/past-origins.ts';

test.each([
  ['a minute', 60, 17],
  ['half a minute', 30, 31],
  ['two minutes', 120, 7],
  ['five minutes', 300, 5],
  ['ten minutes', 600, 2],
  ['an hour', 3600, 1],
])(
  'slots of %s: in time origins stand at every minute of the hour, where they are many',
  (_, stepSeconds, stride) => {
    const slotsPerDay = 86_400 / stepSeconds;
    const history = { stepSeconds, slotsPerDay, ratesRps: new Float64Array(20 * slotsPerDay) };
    expect(originStrideSlots(history)).toBe(stride);
  },
);

test('at slots of a minute the origins of three days stand at each of the 60 minutes', () => {
  const ratesRps = new Float64Array(3 * 1440).fill(1);
  const history = {
    stepSeconds: 60,
    slotsPerDay: 1440,
    offsetSlots: 0,
    firstSlot: 29_000_000,
    ratesRps,
    largestRps: 1,
    crowds: [],
    passedOver: [],
  };
  const origins = pastOrigins(history, originStrideSlots(history), history.firstSlot);
  expect(new Set([...origins].map((slot) => slot % 60)).size).toBe(60);
});
