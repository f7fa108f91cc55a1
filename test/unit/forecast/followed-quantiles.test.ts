import { describe, expect, test } from 'vitest';
import { MEDIAN_INDEX, QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { HistoryMemory } from '../../../src/forecast/history-memory.ts';
import { createLocalClocks } from '../../../src/forecast/local-clock.ts';
import { EXPERTS } from '../../../src/forecast/models/ensemble/ensemble.ts';
import { isFollowed, movedBy, movesAfter } from '../../../src/forecast/models/ensemble/followed-quantiles.ts';
import { MixMemory } from '../../../src/forecast/models/ensemble/mix-memory.ts';
import { PoolRooms } from '../../../src/forecast/models/ensemble/pool-memory.ts';
import {
  judgedSteps,
  KEPT_ORIGINS,
  ServedQuantiles,
} from '../../../src/forecast/models/ensemble/served-quantiles.ts';
import { ScaleMemory } from '../../../src/forecast/scale-memory.ts';
import { aSeries, PLAIN_CALENDAR } from '../../contract/forecaster.ts';

const STRIDE = 17;
const STEPS = 15;
const END = 1000 * STRIDE;
/** Of rates spread evenly from 50 to 150 rps. */
const EVEN = QUANTILE_LEVELS.map((level) => 50 + 100 * level);
const [Q90, Q95] = [0.9, 0.95].map((level) => (QUANTILE_LEVELS as readonly number[]).indexOf(level));
/** Every minute another place among the quantiles, all of them equally often. */
const usual = (slot: number): number => 50.5 + ((slot * 37) % 100);

type RateAt = (slot: number) => number;

/** The moves now, after forecasts of EVEN at the newest origins but those `without`, and rates as given. */
function movesOf(rateAt: RateAt, { without = 0 } = {}): readonly number[] {
  const served = new ServedQuantiles(judgedSteps(STEPS, 60));
  for (let i = KEPT_ORIGINS; i > without; i -= 1)
    served.keep({ slot: END - i * STRIDE, quantilesRps: served.rowOf(() => EVEN) });
  const ratesRps = Float64Array.from({ length: END }, (_, slot) => rateAt(slot));
  const history = { ratesRps, firstSlot: 0, stepSeconds: 60 };
  return movesAfter(served.since(0), served.steps, history, STRIDE);
}
const after =
  (minutes: number, rateRps: number): RateAt =>
  (slot) =>
    slot >= END - minutes ? rateRps : usual(slot);
const before =
  (minutes: number, rateRps: number): RateAt =>
  (slot) =>
    slot < END - minutes ? rateRps : usual(slot);

describe('how far upper quantiles go', () => {
  test.each([
    ['rates are spread as forecast', usual],
    ['an hour and a quarter of them is, whatever came before', before(80, 1000)],
    ['three minutes were above all', after(3, 1000)],
    ['nothing is known', () => Number.NaN],
    ['a quarter of an hour was below all', after(15, 1)],
  ])('nowhere where %s', (_, rateAt) => {
    expect(movesOf(rateAt)).toEqual([0, 0]);
  });

  test('up after twenty minutes above all quantiles, further after an hour, and no further than a width', () => {
    const [some, hour] = [20, 60].map((minutes) => movesOf(after(minutes, 1000)));
    some.forEach((move, i) => {
      expect(move).toBeGreaterThan(0.1);
      expect(hour[i]).toBeGreaterThan(move);
      expect(hour[i]).toBeLessThanOrEqual(1);
    });
  });

  test('back again once they hold, though rates are all above the median', () => {
    const [missed] = movesOf(after(120, 1000));
    const [held] = movesOf(after(120, 165));
    expect(held).toBeLessThan(missed - 0.1);
    expect(held).toBeGreaterThan(0.1);
  });

  test('down after two hours below the median, q90 further than q95, which is missed more rarely anyway', () => {
    const [q90, q95] = movesOf(after(120, 60));
    expect(q90).toBeLessThan(-0.05);
    expect(q95).toBeLessThan(0);
    expect(q90).toBeLessThan(q95);
  });

  test('samples that are missing neither hold nor miss: a forecast of which none came is as good as not made', () => {
    const gap: RateAt = (slot) => (slot >= END - STRIDE ? Number.NaN : after(50, 1000)(slot));
    const moves = movesOf(gap);
    movesOf(gap, { without: 1 }).forEach((move, i) => expect(move).toBeCloseTo(moves[i], 9));
    expect(moves[0]).toBeGreaterThan(0.5);
  });

  test('a rate that is its quantile but for rounding has held it', () => {
    const served = new ServedQuantiles([0]);
    const third = QUANTILE_LEVELS.map(() => 1 / 3);
    for (let i = KEPT_ORIGINS; i > 0; i -= 1)
      served.keep({ slot: END - i * STRIDE, quantilesRps: served.rowOf(() => third) });
    const history = { ratesRps: new Float64Array(END).fill(1 / 3), firstSlot: 0, stepSeconds: 60 };
    for (const move of movesAfter(served.since(0), [0], history, STRIDE)) expect(move).toBeLessThanOrEqual(0);
  });
});

describe('what becomes of a forecast', () => {
  test('nothing where nothing moves: it is the same object', () => {
    expect(movedBy([0, 0], EVEN)).toBe(EVEN);
    expect(movedBy([], EVEN)).toBe(EVEN);
  });

  test('q90 and q95 go up by their widths, q99 only so far as it is overtaken, what lies below stays', () => {
    const moved = movedBy([0.5, 0.5], EVEN);
    expect(moved.slice(0, Q90)).toEqual(EVEN.slice(0, Q90));
    expect(moved[Q90]).toBeCloseTo(EVEN[Q90] + 30, 9);
    expect(moved[Q95]).toBeCloseTo(EVEN[Q95] + 30, 9);
    expect(moved[Q95 + 1]).toBe(moved[Q95]);
  });

  test.each([-0.2, -0.5, -1, -50])('moved by %d widths they ascend, none below the median', (move) => {
    const moved = movedBy([move, move / 2], EVEN);
    expect([...moved].sort((a, b) => a - b)).toEqual(moved);
    expect(moved.slice(0, MEDIAN_INDEX + 1)).toEqual(EVEN.slice(0, MEDIAN_INDEX + 1));
    expect(moved[Q90]).toBeLessThan(EVEN[Q90]);
    expect(moved[Q90]).toBeGreaterThanOrEqual(EVEN[MEDIAN_INDEX]);
  });

  test('however rare the crowds above, the width is that of the lower half', () => {
    const crowds = EVEN.map((rate, i) => (i > MEDIAN_INDEX ? 100 * rate : rate));
    expect(movedBy([0.5, 0.5], crowds)[Q90] - crowds[Q90]).toBeCloseTo(30, 9);
  });
});

describe('what is kept of forecasts', () => {
  test.each([
    ['15 steps of a minute', 15, 60, [0, 2, 4, 6, 8, 10, 12, 14]],
    ['an hour of minutes', 60, 60, [0, 2, 4, 6, 8, 10, 12, 14]],
    ['3 steps of five minutes', 3, 300, [0, 1, 2]],
    ['30 steps of half a minute', 30, 30, [0, 4, 8, 12, 16, 20, 24, 28]],
    ['a single step', 1, 60, [0]],
  ])('of %s', (_, horizonSteps, stepSeconds, steps) => {
    expect(judgedSteps(horizonSteps, stepSeconds)).toEqual(steps);
  });

  test('the newest origins, and of them those from a slot on, in order', () => {
    const served = new ServedQuantiles([0]);
    for (let slot = 0; slot < 20; slot += 1) served.keep({ slot, quantilesRps: served.rowOf(() => EVEN) });
    expect(served.since(0).map(({ slot }) => slot)).toEqual([12, 13, 14, 15, 16, 17, 18, 19]);
    expect(served.since(18).map(({ slot }) => slot)).toEqual([18, 19]);
  });

  test.each([
    ['slots of a minute, origins 17 minutes apart', 60, 17, true],
    ['slots of five minutes, 25 apart', 300, 5, true],
    ['slots of ten minutes: hours hold too few', 600, 2, false],
    ['the origins of a young history, 5 minutes apart', 60, 5, false],
  ])('%s', (_, stepSeconds, strideSlots, followed) => {
    expect(isFollowed(stepSeconds, strideSlots)).toBe(followed);
  });
});

describe('a memory of two weeks, hours after the load has come to a new level', () => {
  const series = aSeries({
    days: 14,
    rate: (atDays, noise) => 100 * (0.8 + 0.4 * noise()) * (atDays > 13.9 ? 1.35 : 1),
  });
  const memoryOf = () => {
    const [history, scale, mix] = [
      new HistoryMemory(),
      new ScaleMemory(),
      new MixMemory(EXPERTS, new PoolRooms()),
    ];
    const clock = createLocalClocks()(PLAIN_CALENDAR, series.stepSeconds);
    return (end: number) => {
      const known = { ...series, values: series.values.subarray(0, end) };
      const seen = history.historyOf(known, [], 28 * 86_400, 0);
      return mix.mixedAt({
        ...seen,
        clock,
        events: [],
        horizonSteps: 3,
        scale: scale.scaleFor(seen.history, seen.digest),
      })!;
    };
  };
  const end = series.values.length;

  test('moves up its upper quantiles', () => {
    const { moves } = memoryOf()(end);
    for (const move of moves) expect(move).toBeGreaterThan(0);
  });

  test('asked all the time, at times or only now, it moves them by as much', () => {
    const [always, atTimes] = [memoryOf(), memoryOf()];
    for (let at = end - 60; at < end; at += 1) always(at);
    for (let at = end - 61; at < end; at += 7) atTimes(at);
    const { moves } = memoryOf()(end);
    expect(always(end).moves).toEqual(moves);
    expect(atTimes(end).moves).toEqual(moves);
  });
});
