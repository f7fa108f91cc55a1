import { describe, expect, test } from 'vitest';
import { forecastTrust, trustIn } from '../../../src/guard/forecast-trust.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { aGuardInput } from '../../builders/guard-input.ts';
import { NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

describe('no forecast at all', () => {
  const input = aGuardInput({ forecast: NO_FORECAST });
  test('keeps what runs where fewer are asked for, and says what was tried', () => {
    expect(forecastTrust.judge(input, 4)).toEqual({
      afterReplicas: 10,
      reason: 'ForecastUnavailable',
      message:
        'no model gave a forecast (lstm ArtefactMissing, arima TooLittleHistory); keeps 10 instead of 4',
    });
  });
  test('lets more through: a flash crowd does not wait for confidence', () => {
    expect(forecastTrust.judge(input, 40)).toMatchObject({
      afterReplicas: 40,
      reason: 'ForecastUnavailable',
    });
  });
});

describe('confidence against minConfidence 0.8', () => {
  const judge = (confidenceRatio: number, beforeReplicas: number) =>
    forecastTrust.judge(aGuardInput({ forecast: aForecast(1000, { confidenceRatio }) }), beforeReplicas);

  test('0.80 is trusted', () => {
    expect(judge(0.8, 4)).toEqual({
      afterReplicas: 4,
      reason: 'ReadyForNewScale',
      message: 'arima, confidence 0.80',
    });
  });
  test('0.79 is not', () => {
    expect(judge(0.79, 4)).toEqual({
      afterReplicas: 10,
      reason: 'LowConfidence',
      message: 'confidence 0.79 of arima is below 0.8; keeps 10 instead of 4',
    });
    expect(judge(0.79, 11).afterReplicas).toBe(11);
  });
});

describe('a forecast that "all stays as it is" would have beaten', () => {
  const scored = (slots: number, toNaiveRatio: number) =>
    aForecast(1000, {
      accuracy: {
        slots,
        toNaiveRatio,
        absoluteErrorRatio: 0.5,
        biasRatio: 0.5,
        coverage90Ratio: 0.5,
        upper95Ratio: 1,
      },
    });
  const judge = (slots: number, toNaiveRatio: number) =>
    forecastTrust.judge(aGuardInput({ forecast: scored(slots, toNaiveRatio) }), 4);

  test('lets fewer through: the measured load decides alone', () => {
    expect(judge(60, 1.4)).toEqual({
      afterReplicas: 4,
      reason: 'ForecastDrifted',
      message: 'its errors were 1.40 times those of "all stays as it is"; the measured load decides',
    });
    expect(trustIn(scored(60, 1.4), aPolicy(), NOW_MS).kind).toBe('untrusted');
  });
  test.each([
    ['an hour of slots, a quarter worse', 60, 1.25, 'ReadyForNewScale'],
    ['under an hour of slots', 59, 1.4, 'ReadyForNewScale'],
    ['ten times as bad, after a quarter of an hour', 15, 10, 'ForecastDrifted'],
    ['ten times as bad, and too early to tell', 14, 10, 'ReadyForNewScale'],
  ])('%s', (_, slots, toNaiveRatio, reason) => {
    expect(judge(slots, toNaiveRatio).reason).toBe(reason);
  });
});

test('a forecast whose last slot has passed says nothing about now', () => {
  // 15 steps of 60 s from 15 minutes ago on end exactly now.
  const ended = aForecast(1000, { originAtMs: NOW_MS - 900_000 });
  expect(trustIn(ended, aPolicy(), NOW_MS)).toEqual({
    kind: 'untrusted',
    reason: 'ForecastUnavailable',
    why: 'the forecast does not cover now',
  });
  expect(trustIn(ended, aPolicy(), NOW_MS - 1).kind).toBe('trusted');
});

test('nor does one that begins later: a clock that went back', () => {
  expect(trustIn(aForecast(), aPolicy(), NOW_MS).kind).toBe('trusted');
  expect(trustIn(aForecast(), aPolicy(), NOW_MS - 1)).toMatchObject({ reason: 'ForecastUnavailable' });
});
