/** The whole way: a model that knows less than the same time before, the chain, who leads, the decision, the replicas. */
import { expect, test } from 'vitest';
import { QUANTILE_LEVELS, type ForecastResult } from '../../../src/domain/forecast.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import type { Forecaster } from '../../../src/forecast/forecaster.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { createController } from '../../../src/replay/controller.ts';
import { createForecastsInTurn, createScoredForecasts } from '../../../src/replay/forecasts-in-turn.ts';
import { playAll } from '../../../src/replay/play.ts';
import { addTallies, scoreOf, type RunScore } from '../../../src/replay/score.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';

const STEP_SECONDS = 300;
const DAY_ROWS = 288;
const policy = refereePolicy(STEP_SECONDS, 600, { forecast: { models: ['arima'] } });

/** Six days; six times a day the load goes from 60 to 300 requests per second and back, at the same times. */
const rows: TimeSeries = (() => {
  const random = createRandom(11);
  const values = Float64Array.from({ length: 6 * DAY_ROWS }, (_, row) => {
    const isHigh = Math.floor((row % DAY_ROWS) / 24) % 2 === 1;
    return (isHigh ? 300 : 60) * (0.97 + 0.06 * random());
  });
  return { startAtMs: Date.UTC(2026, 0, 5), stepSeconds: STEP_SECONDS, values };
})();

/** What stands there now stays, for certain; where it does not, the model has been wrong. */
const stays: Forecaster = {
  name: 'arima',
  forecast: (requests) =>
    requests.map(({ series, horizonSteps }) => {
      const rates = Array<number>(horizonSteps).fill(series.values.at(-1)!);
      const quantilesRps = rates.map((rate) => QUANTILE_LEVELS.map((level) => rate * (0.97 + 0.06 * level)));
      return { kind: 'forecast', meanRps: rates, quantilesRps, confidenceRatio: 1 };
    }),
};

const world = refereeWorld(rows, policy);
const asked = { chain: createForecastChain([stays]), history: rows, policy, tickSeconds: 15 };

function play(forecastAt: (slot: number) => ForecastResult): RunScore {
  const deps = { policy, serviceRateRps: world.model.serviceRateRps, path: world.path, history: rows };
  const [{ tally }] = playAll(world, [createController('prescale', { ...deps, forecastAt })]);
  return scoreOf(addTallies(tally.days), tally.maxReplicas(), policy.cost);
}

test('a model that is dearer than the same time before costs less once that leads', () => {
  const led = play(createScoredForecasts(asked, createForecastsInTurn(asked)));
  const alone = play(createForecastsInTurn(asked));
  expect(led.sloViolationRatio).toBeLessThan(0.5 * alone.sloViolationRatio);
});
