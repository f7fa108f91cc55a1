import { describe, expect, test } from 'vitest';
import type { OvershootRecord } from '../../../src/domain/overshoot.ts';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { overshootRatios, snapped, widened } from '../../../src/size/overshoot.ts';
import {
  expecting,
  isOvershootBetter,
  overshootAfter,
  RATIO_EDGES,
  ratioAt,
} from '../../../src/size/overshoot-record.ts';
import { aForecast } from '../../builders/forecast.ts';

const LEAD_SECONDS = 120;
const SPACING_MS = 15_000;

/** Of so many spacings: `loadAt` came where 100 rps were expected and the forecast's quantile was `forecastRps`. */
function recordOf(outcomes: readonly number[], forecastRps = 300, expectedRps = 100): OvershootRecord {
  let record: OvershootRecord | undefined;
  for (let at = 0; at < outcomes.length + 8; at += 1) {
    const nowMs = at * SPACING_MS;
    const measuredRps = outcomes[at - 8];
    record = overshootAfter(record, { measuredRps, nowMs, leadTimeSeconds: LEAD_SECONDS });
    if (at < outcomes.length)
      record = expecting(record, { nowMs, leadTimeSeconds: LEAD_SECONDS }, () => ({
        expectedRps,
        forecastRps,
      }));
  }
  return record!;
}
/** 100 calm outcomes in a row for each crowd. */
const outcomesOf = (count: number, crowdRps = 240): number[] =>
  Array.from({ length: count }, (_, i) => (i % 100 === 50 ? crowdRps : 95));
const PRICES = { perReplicaHour: 1, perViolation: 30 / 3600 };

describe('how far the load goes beyond what is expected', () => {
  test('what comes is counted by its ratio, each lead time once', () => {
    const record = recordOf([90, 101, 240, 90]);
    const counted = record.weights.flatMap((weight, bin) => (weight > 0 ? [RATIO_EDGES[bin]] : []));
    expect(counted).toEqual([1, 1.02, 2.6]);
    expect(record.pending).toEqual([]);
    expect(record.samples).toBeCloseTo(4, 2);
  });

  test('what was expected of more requests weighs more', () => {
    const large = expecting(recordOf([100]), { nowMs: 1e9 - 120_000, leadTimeSeconds: LEAD_SECONDS }, () => ({
      expectedRps: 900,
      forecastRps: 900,
    }));
    const { weights } = overshootAfter(large, {
      measuredRps: 1800,
      nowMs: 1e9,
      leadTimeSeconds: LEAD_SECONDS,
    })!;
    expect(weights[RATIO_EDGES.indexOf(2)] / weights[0]).toBeCloseTo(9, 3);
  });

  test('a level is read between the edges; one that there are too few samples for is the largest seen', () => {
    const record = recordOf(outcomesOf(1000));
    expect(ratioAt(record, 0.5)).toBe(1);
    expect(ratioAt(record, 0.98)).toBe(1);
    expect(ratioAt(record, 0.995)).toBeGreaterThan(2.3);
    expect(ratioAt(record, 0.995)).toBeLessThan(2.6);
    expect(ratioAt(recordOf([95, 240]), 0.9)).toBe(2.6);
  });

  test('a ratio beyond all edges counts as the last', () => {
    expect(ratioAt(recordOf([1e6]), 0.99)).toBe(50);
  });

  test('of nothing expected and nothing come nothing is learnt', () => {
    expect(recordOf([0, 0, 0], 0, 0).samples).toBe(0);
  });

  test('what was named before enough had been learnt is not judged', () => {
    const first = recordOf(
      Array.from({ length: 40 }, () => 500),
      100,
    );
    expect(first).toMatchObject({ forecastLossRps: 0, overshootLossRps: 0 });
    const later = recordOf(
      Array.from({ length: 100 }, () => 500),
      100,
    );
    // Of a hundred the first 61: a little of the sixty is forgotten by then.
    expect(later.forecastLossRps).toBeCloseTo(39 * 0.99 * 400, -2);
    expect(later.overshootLossRps).toBeLessThan(0.01 * later.forecastLossRps);
  });

  test('what is seen much later than it was due does not count', () => {
    const record = expecting(undefined, { nowMs: 0, leadTimeSeconds: LEAD_SECONDS }, () => ({
      expectedRps: 100,
      forecastRps: 300,
    }));
    const late = overshootAfter(record, { measuredRps: 90, nowMs: 150_000, leadTimeSeconds: LEAD_SECONDS })!;
    expect(late).toMatchObject({ samples: 0, pending: [] });
  });

  test('no more than eight expectations are under way, however short the ticks', () => {
    let record: OvershootRecord | undefined;
    for (let nowMs = 0; nowMs < 119_000; nowMs += 1000)
      record = expecting(record, { nowMs, leadTimeSeconds: LEAD_SECONDS }, () => ({
        expectedRps: 1,
        forecastRps: 1,
      }));
    expect(record?.pending).toHaveLength(8);
  });

  test.each([
    ['the forecast is far too wide', outcomesOf(200), 3000, true],
    ['the forecast is as narrow as what came', outcomesOf(200), 120, false],
    ['two outcomes are all there is', [95, 95], 3000, false],
  ])('where %s', (_, outcomes, forecastRps, isBetter) => {
    expect(isOvershootBetter(recordOf(outcomes, forecastRps))).toBe(isBetter);
  });
});

describe('what is sized for in place of the quantiles', () => {
  const record = recordOf(outcomesOf(2000), 3000);

  test('ratios rise with the level, the last with the price', () => {
    const cheap = overshootRatios(record, PRICES, 1)!;
    const dear = overshootRatios(record, { ...PRICES, perViolation: 1 }, 1)!;
    expect(cheap.ratios).toHaveLength(QUANTILE_LEVELS.length);
    expect(cheap.ratios).toEqual([...cheap.ratios].sort((a, b) => a - b));
    expect(cheap.told.level).toBe(0.99);
    expect(dear.told.level).toBe(0.999);
    expect(dear.told.ratio).toBeGreaterThanOrEqual(cheap.told.ratio);
    expect(overshootRatios(record, { ...PRICES, perViolation: 500 / 3600 }, 1)!.told.level).toBeCloseTo(
      0.998,
      10,
    );
  });

  test('what few samples cannot tell is not asked of them: one jump from almost nothing is not what all is sized for', () => {
    const from = recordOf(outcomesOf(300), 3000);
    const tiny = expecting(from, { nowMs: 1e9 - 120_000, leadTimeSeconds: LEAD_SECONDS }, () => ({
      expectedRps: 0.01,
      forecastRps: 100,
    }));
    const jumped = overshootAfter(tiny, { measuredRps: 90, nowMs: 1e9, leadTimeSeconds: LEAD_SECONDS })!;
    expect(ratioAt(jumped, 0.999)).toBe(50);
    const { told } = overshootRatios(jumped, { ...PRICES, perViolation: 1 }, 1)!;
    expect(told.level).toBeCloseTo(1 - 1 / 301, 3);
    expect(told.ratio).toBeLessThanOrEqual(2.6);
  });

  test.each([
    ['nothing is weighed', record, undefined],
    ['late requests cost nothing', record, { perReplicaHour: 1, perViolation: 0 }],
    ['nothing costs anything', record, { perReplicaHour: 0, perViolation: 0 }],
    ['the forecast does as well', recordOf(outcomesOf(200), 120), PRICES],
    ['nothing is known', undefined, PRICES],
  ])('the forecast as it is where %s', (_, known, prices) => {
    expect(overshootRatios(known, prices, 10)).toBeUndefined();
  });

  test('every quantile is so many times the median', () => {
    const overshoot = overshootRatios({ ...record, highestRps: 1e4 }, PRICES, 10)!;
    const { quantilesRps, meanRps } = widened(aForecast(1000), overshoot);
    for (const row of quantilesRps) expect(row).toEqual(overshoot.ratios.map((ratio) => 1000 * ratio));
    expect(meanRps).toEqual(aForecast(1000).meanRps);
  });

  test.each([
    ['so many times', 100, 1],
    ['1.5 times the highest load', 1000, 1.5],
    ['the expected load itself', 10_000, 1],
  ])('no quantile is above %s', (_, expectedRps, mostTimes) => {
    const highestRps = expectedRps === 1000 ? 1000 : 5000;
    const overshoot = overshootRatios({ ...record, highestRps }, PRICES, 10)!;
    const most = expectedRps === 100 ? 100 * overshoot.ratios.at(-1)! : mostTimes * expectedRps;
    const [row] = widened(aForecast(expectedRps), overshoot).quantilesRps;
    expect(row.at(-1)! / most).toBeCloseTo(1, 1);
  });

  test('the highest load is kept, between the expectations too', () => {
    const calm = recordOf(outcomesOf(200));
    expect(calm.highestRps).toBe(240);
    const seen = overshootAfter(calm, { measuredRps: 300, nowMs: 1, leadTimeSeconds: LEAD_SECONDS })!;
    expect(seen.highestRps).toBe(300);
    expect(overshootAfter(seen, { measuredRps: 90, nowMs: 2, leadTimeSeconds: LEAD_SECONDS })).toBe(seen);
  });

  test.each([0, 1, 140, 1e6])('%d is told apart to a 64th of an octave', (value) => {
    expect(Math.abs(snapped(value) - value)).toBeLessThanOrEqual(0.011 * value);
  });
});
