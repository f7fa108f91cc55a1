import { describe, expect, test } from 'vitest';
import { dispersionOf } from '../../../src/capacity/dispersion.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { sampleGammaOfMeanOne, samplePoisson } from '../../../src/domain/samplers.ts';

const STEP_SECONDS = 10;
const series = (rates: readonly number[]): TimeSeries => ({
  startAtMs: 0,
  stepSeconds: STEP_SECONDS,
  values: Float64Array.from(rates),
});
/** Counts of a daily swing; `burstiness` is the variance of a factor that each slot has of its own. */
function arrivals(slots: number, burstiness: number): number[] {
  const random = createRandom(11);
  return Array.from({ length: slots }, (_, slot) => {
    const expected = 400 * (1 + 0.6 * Math.sin((2 * Math.PI * slot * STEP_SECONDS) / 86_400));
    const factor = burstiness === 0 ? 1 : sampleGammaOfMeanOne(random, 1 / burstiness);
    return samplePoisson(random, expected * factor) / STEP_SECONDS;
  });
}

describe('the index of dispersion', () => {
  test('of Poisson arrivals under a daily swing is 1 at every length', () => {
    const found = dispersionOf(series(arrivals(8640, 0)));
    expect(found.map(({ seconds }) => seconds)).toEqual([10, 20, 40, 80]);
    for (const { index } of found) expect(Math.abs(index - 1)).toBeLessThan(0.12);
  });
  test('of slots that vary by themselves is 1 + mean count x variance', () => {
    const [{ index }] = dispersionOf(series(arrivals(8640, 0.01)));
    expect(index).toBeGreaterThan(4);
    expect(index).toBeLessThan(6);
  });
  test('of a clockwork is 0', () => {
    expect(dispersionOf(series(new Array<number>(200).fill(7)))[0].index).toBe(0);
  });
  test('a flash crowd does not move it', () => {
    const calm = arrivals(4000, 0);
    const crowd = calm.map((rate, slot) => (slot > 2000 && slot < 2040 ? 5 * rate : rate));
    expect(dispersionOf(series(crowd))[0].index).toBeCloseTo(dispersionOf(series(calm))[0].index, 1);
  });
  test('too few consecutive slots: nothing is said', () => {
    expect(dispersionOf(series([1, 2, 3]))).toEqual([]);
    expect(dispersionOf(series(arrivals(300, 0).map((rate, i) => (i % 2 ? rate : NaN))))).toEqual([]);
  });
});
