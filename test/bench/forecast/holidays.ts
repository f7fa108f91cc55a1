/**
 * What it gains to know a country's public holidays: a recording is forecast twice, with and without them.
 *
 *   npx tsx test/bench/forecast/holidays.ts --recording ../shared/traces/nab_nyc_taxi_30m.csv --country US [--model ensemble]
 *
 * The recording's time stamps are taken for local time. Scores over the last third, over all origins and over those within a
 * holiday or the day before or after one.
 */
import type { ModelName } from '../../../src/domain/forecast.ts';
import { createAccuracyTally, meanOneStepChange } from '../../../src/forecast/accuracy.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';
import { rollingOrigins } from '../../../src/forecast/rolling-origin.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { slotStartMs } from '../../../src/domain/time-series.ts';
import { publicHolidays } from '../../../src/policy/calendar/public-holidays.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  recording: { type: 'string', default: '../shared/traces/nab_nyc_taxi_30m.csv' },
  country: { type: 'string', default: 'US' },
  model: { type: 'string', default: 'ensemble' },
});

const STRIDE_SECONDS = 900;
const MS_PER_DAY = 86_400_000;
const series = (await loadRecording(flags.recording)).columns.arrivalRate;
const horizonSteps = defaultHorizonSteps(series.stepSeconds);
const strideSlots = Math.max(1, Math.floor(STRIDE_SECONDS / series.stepSeconds));
const holidays = publicHolidays(flags.country);
const scaleRps = meanOneStepChange(series.values, Math.ceil((2 * series.values.length) / 3));

for (const holidayCountry of [null, flags.country]) {
  const chain = createForecastChain(createModels(await shippedNetwork()));
  const calendar = { timeZone: 'UTC', holidayCountry, events: [], excludedFromTraining: [] };
  const tallies = { all: createAccuracyTally(scaleRps), around: createAccuracyTally(scaleRps) };
  const plan = { series, horizonSteps, strideSlots, lookbackSlots: Infinity, calendar };
  for (const slot of rollingOrigins(plan)) {
    const known = { ...series, values: series.values.subarray(0, slot) };
    const models = [flags.model as ModelName];
    const [result] = chain.forecast([{ seriesKey: 'one', series: known, horizonSteps, calendar, models }]);
    if (result.kind === 'unavailable') continue;
    const day = Math.floor(slotStartMs(series, slot) / MS_PER_DAY);
    const isAround = [-1, 0, 1].some((days) => holidays.has(day + days));
    result.quantilesRps.forEach((row, step) => {
      const actualRps = series.values[slot + step] ?? Number.NaN;
      tallies.all.add(row, actualRps);
      if (isAround) tallies.around.add(row, actualRps);
    });
  }
  for (const [name, tally] of Object.entries(tallies)) {
    const { wqlRatio, wapeRatio, within10PercentRatio, upper95Ratio } = tally.scores() ?? {};
    const scores = [wqlRatio, wapeRatio, within10PercentRatio, upper95Ratio].map((score) =>
      score?.toFixed(4),
    );
    console.log(
      `${holidayCountry ?? 'none'} ${name.padEnd(6)} WQL ${scores[0]} WAPE ${scores[1]} within 10 % ${scores[2]} <=q95 ${scores[3]}`,
    );
  }
}
