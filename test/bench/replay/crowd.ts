/** Crowds of five times the load, within a minute and announced by nothing, put into a recording. */
import { createModels } from '../../../src/forecast/create-models.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { isoFromMs } from '../../../src/domain/clock.ts';
import type { ModelName } from '../../../src/domain/forecast.ts';
import { slotStartMs, type TimeSeries } from '../../../src/domain/time-series.ts';
import { createController } from '../../../src/replay/controller.ts';
import { createForecastsInTurn, createScoredForecasts } from '../../../src/replay/forecasts-in-turn.ts';
import { neededAt } from '../../../src/replay/needed-path.ts';
import { playAll } from '../../../src/replay/play.ts';
import { refereePolicy, refereeRows, refereeWorld } from './referee-world.ts';

export interface Crowd {
  /** When all of it was there. */
  readonly at: string;
  /** From then on until as many were ready as its first minute needs; Infinity: never. */
  readonly coveredAfterSeconds: number;
  /** Start-up time, metric delay and a tick. */
  readonly markSeconds: number;
}

const TIMES = 5;
const CROWD_ROWS = 30;
const HOURS_APART = 7;
const SECONDS_PER_HOUR = 3600;

/** The second half of the rows is played, with a crowd every seven hours. Rows of at most a minute. */
export function playCrowds(
  recorded: TimeSeries,
  { startupSeconds, model }: { readonly startupSeconds: number; readonly model: ModelName },
): readonly Crowd[] {
  const plain = refereeRows(recorded);
  const apart = Math.round((HOURS_APART * SECONDS_PER_HOUR) / plain.stepSeconds);
  const half = Math.floor(plain.values.length / 2);
  const plateaus: number[] = [];
  for (let row = half + apart; row + CROWD_ROWS < plain.values.length; row += apart)
    if (isRecorded(plain, row)) plateaus.push(row);
  const history = withCrowds(plain, plateaus);
  const policy = refereePolicy(history.stepSeconds, startupSeconds, { forecast: { models: [model] } });
  const world = refereeWorld(history, policy);
  const { path, needed, physics } = world;
  const chain = createForecastChain(createModels({ missing: 'not asked for' }));
  const tickSeconds = physics.stepSeconds;
  const forecastAt = createScoredForecasts(
    { history, policy, tickSeconds },
    createForecastsInTurn({ chain, history, policy, tickSeconds }),
  );
  const { serviceRateRps } = world.model;
  const ready = new Int32Array(path.steps);
  playAll(world, [createController('prescale', { policy, serviceRateRps, path, history, forecastAt })], {
    onStep: (_name, { step, readyReplicas }) => (ready[step] = readyReplicas),
  });
  return plateaus.map((row) => {
    const from = row * path.stepsPerRow;
    const until = from + CROWD_ROWS * path.stepsPerRow;
    const covered = ready.findIndex(
      (count, step) => step >= from && step < until && count >= neededAt(needed, from),
    );
    return {
      at: isoFromMs(slotStartMs(history, row)),
      coveredAfterSeconds: covered < 0 ? Infinity : (covered - from) * tickSeconds,
      markSeconds: startupSeconds + physics.metricLagSeconds + tickSeconds,
    };
  });
}

/** Half of it in the row before the plateau. */
function withCrowds(series: TimeSeries, plateaus: readonly number[]): TimeSeries {
  const values = series.values.slice();
  for (const row of plateaus) {
    values[row - 1] *= (1 + TIMES) / 2;
    for (let i = row; i < row + CROWD_ROWS; i += 1) values[i] *= TIMES;
  }
  return { ...series, values };
}

function isRecorded({ values }: TimeSeries, row: number): boolean {
  return values.subarray(row - CROWD_ROWS, row + CROWD_ROWS).every((rate) => !Number.isNaN(rate));
}
