import { describe, expect, test } from 'vitest';
import { decisionText } from '../../../src/explain/to-text.ts';
import { createKnownNeeds } from '../../../src/size/known-needs.ts';
import { surgeOver } from '../../../src/size/surge.ts';
import { decided } from '../../builders/decision.ts';
import { aForecast } from '../../builders/forecast.ts';
import { anObservation, measured, NOW_MS } from '../../builders/observation.ts';

const FORECAST = aForecast(1000, { originAtMs: NOW_MS - 45_000 });
/** Of the 15 s after the forecast's last whole step, or as given. */
const sizedAt = (measuredRps: number, endsAtMs = NOW_MS - 30_000, forecast = FORECAST) =>
  decided({
    forecast,
    observation: anObservation({ arrivalRate: measured(measuredRps, endsAtMs) }),
  }).decision.sizing!;

describe('where newer measurements are above the forecast', () => {
  test('half of it, told in 16ths, is added to what has to be asked for now', () => {
    const sizing = sizedAt(1200);
    expect(sizing.surge).toEqual({ measuredRps: 1200, expectedRps: 1000, addedRps: 93.75 });
    const higher = aForecast(1000, {
      originAtMs: FORECAST.originAtMs,
      quantilesRps: FORECAST.quantilesRps.map((row) => row.map((rate) => rate + 93.75)),
    });
    const { replicas, sizedForRps, candidates } = sizedAt(1, undefined, higher);
    expect(sizing).toMatchObject({ replicas, sizedForRps, candidates });
    expect(sizing.replicas).toBeGreaterThan(sizedAt(1).replicas);
    expect(sizing.plan).toEqual(sizedAt(1).plan);
  });

  test('one that needs no more replicas is not told', () => {
    const little = aForecast(10, { originAtMs: FORECAST.originAtMs });
    expect(sizedAt(11, undefined, little).surge).toBeUndefined();
  });

  test.each([
    ['below it', 700, NOW_MS - 30_000],
    ['hardly above it', 1030, NOW_MS - 30_000],
    ['of what the forecast knows', 1200, FORECAST.originAtMs],
    ['of what it does not reach', 1200, FORECAST.originAtMs + 16 * 60_000],
  ])('nothing is added for a measurement %s', (_, measuredRps, endsAtMs) => {
    expect(sizedAt(measuredRps, endsAtMs).surge).toBeUndefined();
  });

  test('where none was forecast what is measured decides alone', () => {
    const none = aForecast(0, { originAtMs: FORECAST.originAtMs });
    expect(surgeOver(none, measured(1000, NOW_MS - 30_000))).toBeUndefined();
  });

  test('what is remembered of the tick before changes nothing', () => {
    const knownNeeds = createKnownNeeds();
    for (const measuredRps of [1200, 1200, 1400, 900, 1200]) {
      const observation = anObservation({ arrivalRate: measured(measuredRps, NOW_MS - 30_000) });
      const { decision } = decided({ forecast: FORECAST, observation, knownNeeds });
      expect(decision.sizing).toEqual(sizedAt(measuredRps));
    }
  });

  test('the explanation says so', () => {
    const observation = anObservation({ arrivalRate: measured(1200, NOW_MS - 30_000) });
    expect(decisionText(decided({ forecast: FORECAST, observation }).decision)).toMatch(
      /\n {2}surge {6}1200 rps where the forecast had 1000 rps: 93.8 rps are added up to the lead time\n/,
    );
  });
});
