/** A model that has gone wrong, in the chain where a good one would be, beside the same policy without a forecast. */
import type { ForecastResult, ModelName } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from '../../../src/forecast/forecaster.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { compare, PRESCALE, REACTIVE } from '../../../src/replay/compare.ts';
import { createForecastsInTurn, createScoredForecasts } from '../../../src/replay/forecasts-in-turn.ts';
import type { RunScore } from '../../../src/replay/score.ts';
import { refereePolicy, refereeRows, refereeWorld } from './referee-world.ts';

type Made = Extract<ForecastOutcome, { kind: 'forecast' }>;
const SECONDS_PER_DAY = 86_400;

/** What becomes of an answer, or of the question. */
export const GARBAGE = {
  none: { answer: (rate: number) => rate },
  'x 0': { answer: () => 0 },
  'x 10': { answer: (rate: number) => 10 * rate },
  NaN: { answer: () => Number.NaN },
  'a day late': { answer: (rate: number) => rate, question: yesterday },
} as const satisfies Record<
  string,
  { answer: (rate: number) => number; question?: (request: ForecastRequest) => ForecastRequest }
>;
export type GarbageKind = keyof typeof GARBAGE;

export interface GarbageScores {
  readonly own: RunScore;
  readonly reactive: RunScore;
}

/** The second half of the rows is played. `model`: the one that goes wrong; nothing but naive stands behind it. */
export function playGarbage(
  rows: TimeSeries,
  kind: GarbageKind,
  { startupSeconds, model }: { readonly startupSeconds: number; readonly model: ModelName },
): GarbageScores {
  const history = refereeRows(rows);
  const policy = refereePolicy(history.stepSeconds, startupSeconds, { forecast: { models: [model] } });
  const world = refereeWorld(history, policy);
  const models = createModels({ missing: 'not asked for' }).map((one) =>
    one.name === model ? goneWrong(one, kind) : one,
  );
  const chain = createForecastChain(models);
  const tickSeconds = world.physics.stepSeconds;
  const forecastAt: (slot: number) => ForecastResult = createScoredForecasts(
    { history, policy, tickSeconds },
    createForecastsInTurn({ chain, history, policy, tickSeconds }),
  );
  const { policies } = compare({ world, families: [], plugins: [], history, forecastAt });
  const scoreOf = (name: string): RunScore => policies.find((one) => one.name === name)!.score;
  return { own: scoreOf(PRESCALE), reactive: scoreOf(REACTIVE) };
}

function goneWrong(model: Forecaster, kind: GarbageKind): Forecaster {
  const { answer, question = (request: ForecastRequest) => request } = GARBAGE[kind] as {
    answer: (rate: number) => number;
    question?: (request: ForecastRequest) => ForecastRequest;
  };
  return {
    name: model.name,
    forecast: (requests) =>
      model
        .forecast(requests.map(question))
        .map((outcome) => (outcome.kind === 'forecast' ? spoilt(outcome, answer) : outcome)),
  };
}

function spoilt(outcome: Made, answer: (rate: number) => number): Made {
  const { meanRps, quantilesRps } = outcome;
  return {
    ...outcome,
    meanRps: meanRps.map(answer),
    quantilesRps: quantilesRps.map((row) => row.map(answer)),
  };
}

/** Knows nothing of the last day, and takes what it foretells for now. */
function yesterday(request: ForecastRequest): ForecastRequest {
  const { series } = request;
  const slots = Math.round(SECONDS_PER_DAY / series.stepSeconds);
  const values = series.values.subarray(0, Math.max(0, series.values.length - slots));
  return { ...request, series: { ...series, values } };
}
