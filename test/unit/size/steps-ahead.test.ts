import { describe, expect, test } from 'vitest';
import type { Forecast } from '../../../src/domain/forecast.ts';
import { stepsAhead } from '../../../src/size/steps-ahead.ts';
import { aForecast } from '../../builders/forecast.ts';

const ORIGIN_MS = Date.UTC(2026, 0, 5);

function ahead(afterSeconds: number, leadTimeSeconds: number, over: Partial<Forecast> = {}) {
  const forecast = aForecast(1000, { originAtMs: ORIGIN_MS, ...over });
  const nowMs = ORIGIN_MS + afterSeconds * 1000;
  const steps = stepsAhead(forecast, { nowMs, leadTimeSeconds });
  const secondsOf = (part: keyof typeof steps): number[] =>
    steps[part].map(({ atMs }) => (atMs - ORIGIN_MS) / 1000);
  return { forecast, nowMs, steps, window: secondsOf('window'), horizon: secondsOf('horizon') };
}

describe('the slots of a forecast from now on', () => {
  test.each([
    ['the one that is now begins now', 15, 105, [15, 60, 120]],
    ['one that begins as the margin ends is not in the window', 30, 90, [30, 60, 120]],
    ['one that begins a moment before is', 31, 90, [31, 60, 120, 180]],
    ['one that has just ended is over', 60, 0, [60]],
    ['a forecast that begins later is looked at from its begin', -30, 60, [0, 60]],
  ] as const)('%s', (_name, afterSeconds, leadTimeSeconds, window) => {
    const found = ahead(afterSeconds, leadTimeSeconds);
    expect(found.window).toEqual(window);
    const rest = Array.from({ length: 15 }, (_, slot) => 60 * slot).filter(
      (at) => at > window[window.length - 1],
    );
    expect(found.horizon).toEqual(rest);
  });

  test('each keeps its own rates', () => {
    const { forecast, steps } = ahead(125, 105);
    const rates = [...steps.window, ...steps.horizon].map(({ quantilesRps }) => quantilesRps);
    expect(rates).toEqual(forecast.quantilesRps.slice(2));
  });

  test('with long steps the margin is a minute, not a step', () => {
    expect(ahead(10, 100, { stepSeconds: 300 }).window).toEqual([10]);
  });
});
