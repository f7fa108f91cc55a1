import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withCallers } from '../../../src/coordinate/caused-load.ts';
import { QUANTILE_LEVELS, type Forecast } from '../../../src/domain/forecast.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { NOW_MS } from '../../builders/observation.ts';

const LEVELS = QUANTILE_LEVELS.length;
const anyForecast: fc.Arbitrary<Forecast> = fc
  .record({
    lateSteps: fc.integer({ min: 0, max: 3 }),
    stepSeconds: fc.constantFrom(30, 60, 300),
    confidenceRatio: fc.double({ min: 0, max: 1, noNaN: true }),
    rows: fc.array(fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: LEVELS, maxLength: LEVELS }), {
      minLength: 4,
      maxLength: 20,
    }),
  })
  .map(({ lateSteps, stepSeconds, confidenceRatio, rows }) => ({
    ...aForecast(),
    originAtMs: NOW_MS - lateSteps * stepSeconds * 1000,
    stepSeconds,
    confidenceRatio,
    meanRps: rows.map((row) => row[0]),
    quantilesRps: rows.map((row) => [...row].sort((a, b) => a - b)),
  }));
const anyOwn = fc.record({
  forecast: fc.oneof({ weight: 4, arbitrary: anyForecast }, fc.constant(NO_FORECAST)),
  minConfidenceRatio: fc.constantFrom(0, 0.5, 0.8),
  otherRps: fc.integer({ min: 0, max: 500 }),
});
const anyCaller = fc.record({
  name: fc.constantFrom('front', 'app'),
  ratio: fc.constantFrom(0.5, 1, 2),
  forecast: anyForecast,
});
const anyCallers = fc.array(anyCaller, { minLength: 1, maxLength: 3 });

const endMs = ({ originAtMs, stepSeconds, meanRps }: Forecast): number =>
  originAtMs + meanRps.length * stepSeconds * 1000;

test('never less than the own forecast that is trusted, on its own grid, quantiles ascending', () => {
  fc.assert(
    fc.property(anyOwn, anyCallers, (own, callers) => {
      const told = withCallers(own, callers);
      if (told.kind !== 'forecast') throw new Error('a caller is known');
      for (const row of told.quantilesRps) expect([...row].sort((a, b) => a - b)).toEqual(row);
      const { forecast } = own;
      if (forecast.kind !== 'forecast' || forecast.confidenceRatio < own.minConfidenceRatio) return;
      expect([told.originAtMs, told.stepSeconds]).toEqual([forecast.originAtMs, forecast.stepSeconds]);
      told.quantilesRps.forEach((row, step) =>
        row.forEach((rps, level) => expect(rps).toBeGreaterThanOrEqual(forecast.quantilesRps[step][level])),
      );
    }),
  );
});

test('at every instant that all callers look at, at least what they cause together, with what there is besides', () => {
  fc.assert(
    fc.property(anyOwn, anyCallers, fc.integer({ min: 0, max: 600 }), (own, callers, aheadSeconds) => {
      const told = withCallers(own, callers);
      if (told.kind !== 'forecast') throw new Error('a caller is known');
      const atMs = NOW_MS + aheadSeconds * 1000;
      const stepAt = ({ originAtMs, stepSeconds }: Forecast): number =>
        Math.floor((atMs - originAtMs) / (stepSeconds * 1000));
      if (callers.some(({ forecast }) => atMs >= endMs(forecast)) || atMs >= endMs(told)) return;
      if (stepAt(told) < 0) return;
      QUANTILE_LEVELS.forEach((_, level) => {
        const caused = callers.reduce(
          (sum, { ratio, forecast }) => sum + ratio * forecast.quantilesRps[stepAt(forecast)][level],
          own.otherRps,
        );
        expect(told.quantilesRps[stepAt(told)][level]).toBeGreaterThanOrEqual(caused - 1e-9);
      });
    }),
  );
});

test('a caller that nothing is known of leaves the own forecast as it is: half a sum is none', () => {
  fc.assert(
    fc.property(anyOwn, anyCallers, (own, callers) => {
      const unknown = { name: 'unknown', ratio: 1, forecast: undefined };
      expect(withCallers(own, [...callers, unknown])).toBe(own.forecast);
    }),
  );
});

test('of callers alone, it is as sure as the least sure of them', () => {
  fc.assert(
    fc.property(anyCallers, (callers) => {
      const own = { forecast: NO_FORECAST, minConfidenceRatio: 0.8, otherRps: 0 };
      expect(withCallers(own, callers)).toMatchObject({
        confidenceRatio: Math.min(...callers.map(({ forecast }) => forecast.confidenceRatio)),
        callers: callers.map(({ name, ratio }) => ({ name, ratio })),
      });
    }),
  );
});
