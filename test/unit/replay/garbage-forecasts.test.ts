/** The whole way: a broken model, the chain that it stands in, the score that is kept of it, the decision, the replicas. */
import { describe, expect, test } from 'vitest';
import { QUANTILE_LEVELS, type ForecastResult } from '../../../src/domain/forecast.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import type { Forecaster } from '../../../src/forecast/forecaster.ts';
import { createNaive } from '../../../src/forecast/models/naive/naive.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { createController } from '../../../src/replay/controller.ts';
import { createForecastsInTurn, createScoredForecasts } from '../../../src/replay/forecasts-in-turn.ts';
import { playAll } from '../../../src/replay/play.ts';
import { addTallies, scoreOf, type RunScore } from '../../../src/replay/score.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';

/** Short days: what is tested depends on how they differ, not on how long they are. */
const DAY_ROWS = 480;
const policy = refereePolicy(60, 180, { forecast: { models: ['arima'] } });

/** Two days between 40 and 260 requests per second, the second one higher and an eighth of it later, with a tenth of noise. */
function twoDays(): TimeSeries {
  const random = createRandom(7);
  const values = Float64Array.from({ length: 2 * DAY_ROWS }, (_, row) => {
    const day = Math.floor(row / DAY_ROWS);
    const usual = 150 + 110 * Math.sin((2 * Math.PI * (row - (DAY_ROWS / 8) * day)) / DAY_ROWS);
    return (1 + 0.2 * day) * usual * (0.95 + 0.1 * random());
  });
  return { startAtMs: Date.UTC(2026, 0, 5), stepSeconds: 60, values };
}
const rows = twoDays();
const world = refereeWorld(rows, policy);

/** Certain of what `rateAt` says of a row. */
function certain(rateAt: (row: number) => number): Forecaster {
  return {
    name: 'arima',
    forecast: (requests) =>
      requests.map(({ series, horizonSteps }) => {
        const next = Math.round((series.startAtMs - rows.startAtMs) / 60_000) + series.values.length;
        const rates = Array.from({ length: horizonSteps }, (_, step) => rateAt(next + step));
        const quantilesRps = rates.map((rate) => QUANTILE_LEVELS.map(() => rate));
        return { kind: 'forecast', meanRps: rates, quantilesRps, confidenceRatio: 1 };
      }),
  };
}

function forecastsBy(model: Forecaster): (slot: number) => ForecastResult {
  const chain = createForecastChain([model, createNaive()]);
  const world = { chain, history: rows, policy, tickSeconds: 15 };
  return createScoredForecasts(world, createForecastsInTurn(world));
}

function play(forecastAt: (slot: number) => ForecastResult): RunScore {
  const deps = { policy, serviceRateRps: world.model.serviceRateRps, path: world.path, history: rows };
  const [{ tally }] = playAll(world, [createController('prescale', { ...deps, forecastAt })]);
  return scoreOf(addTallies(tally.days), tally.maxReplicas(), policy.cost);
}

const truth = (row: number): number => rows.values[Math.min(rows.values.length - 1, row)];

describe('a model that is broken costs at most a tenth more than none, and overloads nobody', () => {
  // Trusted whatever comes, and of nothing: what is measured decides.
  const nothing = createForecastChain([certain(() => 0)]);
  const reactive = play(createForecastsInTurn({ chain: nothing, history: rows, policy, tickSeconds: 15 }));
  test.each([
    ['all zero', () => 0],
    ['ten times the truth', (row: number) => 10 * truth(row)],
    ['not a number', () => Number.NaN],
    ['the day before', (row: number) => truth(row - DAY_ROWS)],
  ])('%s', (_, rateAt) => {
    const { cost, overloadedRatio, sloViolationRatio } = play(forecastsBy(certain(rateAt)));
    expect(cost.total).toBeLessThanOrEqual(1.1 * reactive.cost.total);
    expect(overloadedRatio).toBeLessThanOrEqual(reactive.overloadedRatio);
    // What is spared for less than the reactive rule pays may be a little later, within what was promised.
    expect(sloViolationRatio).toBeLessThanOrEqual(1 - policy.slo.objectiveRatio);
  });
  test('a true one is better than none', () => {
    const { cost } = play(forecastsBy(certain(truth)));
    expect(cost.total).toBeLessThan(reactive.cost.total);
  });
});
