import { describe, expect, test } from 'vitest';
import { createModels } from '../../src/forecast/create-models.ts';
import type { Forecaster, ForecastOutcome } from '../../src/forecast/forecaster.ts';
import { shippedNetwork } from '../../src/infer/shipped-network.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';
import { aRequest, aSeries, PLAIN_CALENDAR } from './forecaster.ts';

const HOUR_MS = 3_600_000;
const network = await shippedNetwork();
const NAMES = createModels(network).map(({ name }) => name);
const create = (name: string): Forecaster => createModels(network).find((model) => model.name === name)!;
const series = aSeries({ days: 9 });

function ask(model: Forecaster, asked: TimeSeries, timeZone: string): ForecastOutcome {
  return model.forecast([aRequest(asked, { calendar: { ...PLAIN_CALENDAR, timeZone } })])[0];
}

/** What is remembered was learnt by another clock: it must say nothing of what is asked now. */
describe.each(NAMES)('%s, once its cache is warm', (name) => {
  test('forecasts by the new time zone of a policy as if it had never had another, and back', () => {
    const warm = create(name);
    for (const timeZone of ['UTC', 'Asia/Kolkata', 'UTC'])
      expect(ask(warm, series, timeZone)).toEqual(ask(create(name), series, timeZone));
  });

  test('takes a clock that jumps ahead, behind by an hour or years, or off its grid, as it is', () => {
    const warm = create(name);
    for (const jumpMs of [0, HOUR_MS, -HOUR_MS, -3650 * 24 * HOUR_MS, 150_000, 0]) {
      const now = { ...series, startAtMs: series.startAtMs + jumpMs };
      expect(ask(warm, now, 'Europe/Berlin')).toEqual(ask(create(name), now, 'Europe/Berlin'));
    }
  });
});
