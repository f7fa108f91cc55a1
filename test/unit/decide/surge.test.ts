import { describe, expect, test } from 'vitest';
import { decisionText } from '../../../src/explain/to-text.ts';
import { createKnownNeeds } from '../../../src/size/known-needs.ts';
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
  test('half of it, told in 32nds, is added to all that is still to come', () => {
    const sizing = sizedAt(1200);
    expect(sizing.surge).toEqual({ measuredRps: 1200, expectedRps: 1000, addedRps: 93.75 });
    const higher = aForecast(1000, {
      originAtMs: FORECAST.originAtMs,
      quantilesRps: FORECAST.quantilesRps.map((row) => row.map((rate) => rate + 93.75)),
    });
    expect({ ...sizing, surge: undefined }).toEqual({
      ...sizedAt(1, undefined, higher),
      surge: undefined,
    });
  });

  test.each([
    ['below it', 700, NOW_MS - 30_000],
    ['hardly above it', 1030, NOW_MS - 30_000],
    ['of what the forecast knows', 1200, FORECAST.originAtMs],
    ['of what it does not reach', 1200, FORECAST.originAtMs + 16 * 60_000],
  ])('nothing is added for a measurement %s', (_, measuredRps, endsAtMs) => {
    expect(sizedAt(measuredRps, endsAtMs).surge).toBeUndefined();
  });

  test('a load that was forecast to be none is measured as it is', () => {
    const none = aForecast(0, { originAtMs: FORECAST.originAtMs });
    expect(sizedAt(100, undefined, none).surge).toEqual({ measuredRps: 100, expectedRps: 0, addedRps: 50 });
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
      /\n {2}surge {6}1200 rps where the forecast had 1000 rps: 93.8 rps are added to what it has for later\n/,
    );
  });
});
