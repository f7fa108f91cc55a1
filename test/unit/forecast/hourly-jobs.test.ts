import { expect, test } from 'vitest';
import { MEDIAN_INDEX } from '../../../src/domain/forecast.ts';
import { createArima, createArimaPaths } from '../../../src/forecast/models/arima/arima.ts';
import { aSeries, PLAIN_CALENDAR } from '../../contract/forecaster.ts';

const MINUTES_PER_DAY = 1440;

/** Five days and ten hours, less two minutes; at every fifteenth minute of the hour comes `factor` times the load. */
function forecastAround(factor: number, horizonSteps: number): readonly number[] {
  const series = aSeries({
    days: 5 + (600 - 2) / MINUTES_PER_DAY,
    stepSeconds: 60,
    rate: (atDays, noise) => {
      const hasJobs = Math.round(atDays * MINUTES_PER_DAY) % 15 === 0;
      return 100 * (1.5 + Math.sin(2 * Math.PI * atDays)) * (0.8 + 0.4 * noise()) * (hasJobs ? factor : 1);
    },
  });
  const request = { seriesKey: 'shop/checkout', series, horizonSteps, calendar: PLAIN_CALENDAR };
  const [outcome] = createArima(createArimaPaths()).forecast([request]);
  if (outcome.kind !== 'forecast') throw new Error(outcome.message);
  return outcome.quantilesRps.map((row) => row[MEDIAN_INDEX]);
}

test.each([
  { name: 'all of whose steps are fitted', horizonSteps: 6, atLeast: 1.4 },
  { name: 'fitted every five minutes', horizonSteps: 15, atLeast: 1.25 },
])(
  'what jobs do every hour is expected at their minutes, and at no others: a horizon $name',
  ({ horizonSteps, atLeast }) => {
    const [plain, jobs] = [forecastAround(1, horizonSteps), forecastAround(1.5, horizonSteps)];
    const ratios = jobs.map((rate, step) => rate / plain[step]);
    ratios.forEach((ratio, step) => {
      const hasJobs = step === 2;
      expect(ratio).toBeGreaterThan(hasJobs ? atLeast : 0.94);
      expect(ratio).toBeLessThan(hasJobs ? 1.6 : 1.06);
    });
  },
);
