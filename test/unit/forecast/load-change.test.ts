import { describe, expect, test } from 'vitest';
import { MEDIAN_INDEX } from '../../../src/domain/forecast.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { seriesEndMs, type TimeSeries } from '../../../src/domain/time-series.ts';
import { createEnsemble } from '../../../src/forecast/models/ensemble/ensemble.ts';
import { aRequest } from '../../contract/forecaster.ts';

const STEP_SECONDS = 60;
const CHANGE_SLOT = 1300;
const HORIZON_STEPS = 15;
const USUAL_RPS = 100;

/** A day at about 100 rps, and from CHANGE_SLOT on what `then` makes of it. */
function aLoad(
  slots: number,
  then: (usualRps: number, since: number) => number,
  stepSeconds = STEP_SECONDS,
): TimeSeries {
  const random = createRandom(4);
  const values = Float64Array.from({ length: slots }, (_, slot) => {
    const usual = USUAL_RPS * (0.95 + 0.1 * random());
    return slot < CHANGE_SLOT ? usual : then(usual, slot - CHANGE_SLOT);
  });
  return { startAtMs: Date.UTC(2026, 2, 3), stepSeconds, values };
}

function forecastAfter(
  samples: number,
  then: (usualRps: number, since: number) => number,
  stepSeconds = STEP_SECONDS,
) {
  const series = aLoad(CHANGE_SLOT + samples, then, stepSeconds);
  const [made] = createEnsemble().forecast([aRequest(series, { horizonSteps: HORIZON_STEPS })]);
  if (made.kind !== 'forecast') throw new Error(made.message);
  return { ...made, endsAtMs: seriesEndMs(series) };
}

describe.each([
  ['a flash crowd, three times the load', 3, 'up'],
  ['half as much again', 1.5, 'up'],
  ['an outage upstream takes nine tenths', 0.1, 'down'],
] as const)('%s', (_, factor, direction) => {
  const then = (usual: number) => factor * usual;

  test('two samples later the new level leads, with an upper quantile that holds it', () => {
    const { quantilesRps, change, endsAtMs } = forecastAfter(2, then);
    expect(change).toEqual({ direction, atMs: endsAtMs - 2 * STEP_SECONDS * 1000 });
    for (const row of quantilesRps) {
      expect(Math.abs(row[MEDIAN_INDEX] / (factor * USUAL_RPS) - 1)).toBeLessThan(0.15);
      expect(row[10]).toBeGreaterThan(factor * USUAL_RPS);
    }
  });

  test('an hour later it still does', () => {
    const { quantilesRps, change } = forecastAfter(60, then);
    expect(change?.direction).toBe(direction);
    expect(quantilesRps[HORIZON_STEPS - 1][MEDIAN_INDEX] / (factor * USUAL_RPS)).toBeCloseTo(1, 1);
  });
});

test.each([
  [
    'a sample of three times the load, then one of a fifth',
    (usual: number, since: number) => (since === 0 ? 3 : since === 1 ? 0.2 : 1) * usual,
  ],
  ['a gap of ten minutes', (usual: number, since: number) => (since < 10 ? Number.NaN : usual)],
  ['nothing', (usual: number) => usual],
])('%s is no change', (_, then) => {
  for (const samples of [2, 12]) expect(forecastAfter(samples, then).change).toBeUndefined();
});

test('a single sample of five times the load leads nothing astray', () => {
  const then = (usual: number, since: number): number => (since === 0 ? 5 : 1) * usual;
  for (const samples of [4, 12]) {
    const { quantilesRps } = forecastAfter(samples, then);
    expect(Math.abs(quantilesRps[0][MEDIAN_INDEX] / USUAL_RPS - 1)).toBeLessThan(0.15);
  }
});

test('a crowd that leaves again after ten minutes is a change back', () => {
  const then = (usual: number, since: number): number => (since < 10 ? 3 : 1) * usual;
  const { quantilesRps, change } = forecastAfter(13, then);
  expect(change?.direction).toBe('down');
  expect(Math.abs(quantilesRps[0][MEDIAN_INDEX] / USUAL_RPS - 1)).toBeLessThan(0.15);
});

test('a crowd that goes on growing is not held back at the level of its last minutes', () => {
  const samples = 25;
  const growing = (usual: number, since: number): number => usual * 2 * 1.04 ** since;
  const { quantilesRps, change } = forecastAfter(samples, growing);
  expect(change?.direction).toBe('up');
  expect(quantilesRps[0][MEDIAN_INDEX]).toBeGreaterThan(0.94 * growing(USUAL_RPS, samples - 1));
});

test.each([
  ['a minute', 60, 1.2, 'up'],
  ['five minutes, in which the experts follow', 300, 1.2, undefined],
  ['five minutes', 300, 2, 'up'],
] as const)('slots of %s (%i s): two samples of %f times the load are a change: %s', (...row) => {
  const [, stepSeconds, factor, direction] = row;
  const { change } = forecastAfter(2, (usual) => factor * usual, stepSeconds);
  expect(change?.direction).toBe(direction);
});
