import { describe, expect, test } from 'vitest';
import { MEDIAN_INDEX, QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { errorPool } from '../../../src/forecast/error-pool.ts';
import { type PastPaths, pathByPath } from '../../../src/forecast/past-paths.ts';
import { conformalLevels } from '../../../src/forecast/weighted-quantiles.ts';
import type { History } from '../../../src/forecast/history.ts';
import { distributionAround } from '../../../src/forecast/path-distribution.ts';
import { SQUARE_ROOT } from '../../../src/forecast/scale.ts';

const ORIGINS = 200;
const FORECAST_RPS = 100;

/** 200 past forecasts of 100 rps (10 in the scale), one slot ahead, with these errors (in the scale). */
function pastWith(errors: readonly number[]): { history: History; paths: PastPaths } {
  const ratesRps = Float64Array.from([FORECAST_RPS, ...errors.map((error) => (10 + error) ** 2)]);
  const count = errors.length;
  return {
    history: {
      stepSeconds: 900,
      slotsPerDay: 96,
      offsetSlots: 0,
      firstSlot: 0,
      ratesRps,
      largestRps: Math.max(...ratesRps),
      crowds: [],
      passedOver: [],
    },
    paths: {
      scale: SQUARE_ROOT,
      origins: Int32Array.from(errors, (_, i) => i + 1),
      steps: 1,
      ...pathByPath(1),
      forecasts: new Float64Array(count).fill(10),
      sizes: new Float64Array(count).fill(1),
    },
  };
}

function quantilesAfter(errors: readonly number[]): readonly number[] {
  const { history, paths } = pastWith(errors);
  const now = { forecasts: Float64Array.of(10), sizes: Float64Array.of(1) };
  const past = { paths, history, pools: [errorPool(paths, 0, history)] };
  return distributionAround(now, past, 1).quantilesRps[0];
}

/** Uniform in -1..1, the same on every run. */
function noise(count: number): number[] {
  const random = createRandom(11);
  return Array.from({ length: count }, () => 2 * random() - 1);
}

const at = (level: (typeof QUANTILE_LEVELS)[number]): number => QUANTILE_LEVELS.indexOf(level);

describe('levels at which past errors are read', () => {
  test('of 19 errors the largest stands for 0.95: the next one is above it once in twenty', () => {
    // Type 5 puts the largest of 19 at (19 - 0.5) / 19.
    expect(conformalLevels(19)[at(0.95)]).toBeCloseTo(18.5 / 19, 12);
  });
  test('the median stays the median, and many errors need no correction', () => {
    expect(conformalLevels(19)[MEDIAN_INDEX]).toBe(0.5);
    conformalLevels(1e9).forEach((level, i) => expect(level).toBeCloseTo(QUANTILE_LEVELS[i], 8));
  });
});

describe('after a change of level', () => {
  test('errors as ever: the newest count as the others do', () => {
    const quantiles = quantilesAfter(noise(ORIGINS));
    expect(quantiles[MEDIAN_INDEX]).toBeGreaterThan(9.8 ** 2);
    expect(quantiles[MEDIAN_INDEX]).toBeLessThan(10.2 ** 2);
    expect(quantiles[at(0.95)]).toBeLessThan(11 ** 2);
  });
  test('an hour of forecasts far too low moves the median up, and the upper quantile beyond all errors before', () => {
    const quantiles = quantilesAfter([...noise(ORIGINS - 4), 3, 3.2, 2.9, 3.1]);
    expect(quantiles[MEDIAN_INDEX]).toBeGreaterThan(10.1 ** 2);
    expect(quantiles[at(0.95)]).toBeGreaterThan(12.5 ** 2);
  });
  test('one large error is a spike, and moves the median hardly', () => {
    const usual = quantilesAfter(noise(ORIGINS));
    const spike = quantilesAfter([...noise(ORIGINS - 3), 4, 0.1, -0.2]);
    expect(Math.sqrt(spike[MEDIAN_INDEX]) - Math.sqrt(usual[MEDIAN_INDEX])).toBeLessThan(0.4);
  });
});

describe('the confidence', () => {
  /** Two steps of the same small noise; the confidence over the first `decisionSteps` of them. */
  function confidenceOver(decisionSteps: number): number {
    const steady = noise(ORIGINS).map((error) => error / 100);
    const { history, paths } = pastWith(steady);
    const twoSteps = {
      ...paths,
      steps: 2,
      ...pathByPath(2),
      forecasts: new Float64Array(2 * ORIGINS).fill(10),
      sizes: new Float64Array(2 * ORIGINS).fill(1),
    };
    const now = { forecasts: Float64Array.of(10, 10), sizes: Float64Array.of(1, 1) };
    const pools = [0, 1].map((step) => errorPool(twoSteps, step, history));
    return distributionAround(now, { paths: twoSteps, history, pools }, decisionSteps).confidenceRatio;
  }
  test('is about the steps that are decided on: two may be left where one is held', () => {
    expect(confidenceOver(1)).toBeGreaterThan(0.9);
    expect(confidenceOver(2)).toBeLessThan(confidenceOver(1));
  });
  test('more steps than are forecast are all of them', () => {
    expect(confidenceOver(9)).toBe(confidenceOver(2));
  });
});
