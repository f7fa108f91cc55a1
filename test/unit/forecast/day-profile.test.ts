import { describe, expect, test } from 'vitest';
import { commonProfile, isSameProfile, PROFILE_BINS, profileOf } from '../../../src/forecast/day-profile.ts';
import { createLocalClock } from '../../../src/forecast/local-clock.ts';
import { aSeries } from '../../contract/forecaster.ts';

const UTC = createLocalClock('UTC', 300);
/** Twice as much in the second half of the day. */
const afternoon = (atDays: number): number => (atDays % 1 < 0.5 ? 100 : 200);
/** Monday first: days 5 and 6 are the weekend. */
const restsAtWeekends = (atDays: number): number => (atDays % 7 < 5 ? afternoon(atDays) : 50);

describe('the shape of a day', () => {
  test('is a share of the mean, whatever the size of the load', () => {
    const small = profileOf(aSeries({ days: 3, rate: afternoon }), UTC)!;
    const large = profileOf(aSeries({ days: 3, rate: (atDays) => 1e4 * afternoon(atDays) }), UTC)!;
    expect(small.weekday).toHaveLength(PROFILE_BINS);
    expect(small.weekday[10]).toBeCloseTo(2 / 3, 9);
    expect(small.weekday[40]).toBeCloseTo(4 / 3, 9);
    large.weekday.forEach((share, bin) => expect(share).toBeCloseTo(small.weekday[bin], 9));
  });

  test('weekdays and weekends have their own', () => {
    const profile = profileOf(aSeries({ days: 8, rate: restsAtWeekends }), UTC)!;
    expect(profile.weekday[40]).toBeCloseTo(4 / 3, 9);
    expect(profile.weekend[40]).toBeCloseTo(1, 9);
  });

  test('where no weekend is known, it has that of the days that are', () => {
    const { weekday, weekend } = profileOf(aSeries({ days: 3, rate: afternoon }), UTC)!;
    expect(weekend).toEqual(weekday);
  });

  test('begins at local midnight', () => {
    const clock = createLocalClock('Asia/Tokyo', 300);
    // 0 to 12 UTC is 9 to 21 h in Tokyo.
    const { weekday } = profileOf(aSeries({ days: 4, rate: afternoon }), clock)!;
    expect(weekday[2 * 10]).toBeCloseTo(2 / 3, 9);
    expect(weekday[2 * 22]).toBeCloseTo(4 / 3, 9);
    expect(weekday[2 * 8]).toBeCloseTo(4 / 3, 9);
  });

  test('hours and minutes give the same shape of the same load', () => {
    const at = (atDays: number): number => 100 * (1.5 + Math.sin(2 * Math.PI * atDays));
    const ofStep = (stepSeconds: number): readonly number[] => {
      const rate = (atDays: number): number => at(atDays + stepSeconds / 2 / 86_400);
      return profileOf(aSeries({ days: 3, stepSeconds, rate }), createLocalClock('UTC', stepSeconds))!
        .weekday;
    };
    const minutes = ofStep(60);
    ofStep(3600).forEach((share, bin) => expect(Math.abs(share - minutes[bin])).toBeLessThan(0.02));
  });

  test.each([
    ['less than two whole days', aSeries({ days: 1.9 })],
    ['no load', aSeries({ days: 4, rate: () => 0 })],
    [
      'days that are mostly gaps',
      aSeries({ days: 4, rate: (atDays) => (atDays % 1 < 0.5 ? 100 : Number.NaN) }),
    ],
  ])('%s: none', (_, series) => {
    expect(profileOf(series, UTC)).toBeUndefined();
  });
});

describe('the shape of several', () => {
  const flat = profileOf(aSeries({ days: 3, rate: () => 5 }), UTC)!;
  const usual = profileOf(aSeries({ days: 3, rate: afternoon }), UTC)!;

  test('is the median: one that is unlike the others changes nothing', () => {
    const common = commonProfile([usual, flat, usual])!;
    common.weekday.forEach((share, bin) => expect(share).toBeCloseTo(usual.weekday[bin], 9));
  });

  test('of nobody there is none', () => {
    expect(commonProfile([])).toBeUndefined();
  });

  test('is told apart by its numbers', () => {
    expect(isSameProfile(usual, structuredClone(usual))).toBe(true);
    expect(isSameProfile(usual, flat)).toBe(false);
    expect(isSameProfile(usual, undefined)).toBe(false);
    expect(isSameProfile(undefined, undefined)).toBe(true);
  });
});
