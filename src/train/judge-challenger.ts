/**
 * Champion against challenger on what neither has seen: the newest third of each recording, forecast again and again from
 * what was known (see rollingOrigins), each network as it would be served, with the ARIMA-like model where it steps back.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import { slotStartMs, type TimeSeries, type SlotValues } from '../domain/time-series.ts';
import { type AccuracyTally, createAccuracyTally } from '../forecast/accuracy.ts';
import { defaultHorizonSteps } from '../forecast/default-horizon.ts';
import { createArima, createArimaPaths } from '../forecast/models/arima/arima.ts';
import type { ServedNetwork } from '../forecast/models/lstm/correction-memory.ts';
import { createLstm } from '../forecast/models/lstm/lstm.ts';
import { rollingOrigins, type RollingPlan } from '../forecast/rolling-origin.ts';
import { createForecastChain, type ChainRequest } from '../forecast/select-forecast.ts';
import type { NamedSeries } from './data-set.ts';

/** The challenger's loss is at most this share of the champion's, on most days of at least so many. */
const MOST_LOSS_RATIO = 0.99;
const LEAST_DAYS = 3;
const ORIGIN_STRIDE_SECONDS = 900;
const CALENDAR: RollingPlan['calendar'] = {
  timeZone: 'UTC',
  holidayCountry: null,
  events: [],
  excludedFromTraining: [],
};
const CHAIN = ['lstm', 'arima'] as const;

export interface Contenders {
  readonly champion: ServedNetwork;
  readonly challenger: ServedNetwork;
}

export interface Verdict {
  readonly hasWon: boolean;
  /** Mean weighted quantile losses (see Accuracy), as geometric means over the recordings that tell; NaN: none does. */
  readonly championWqlRatio: number;
  readonly challengerWqlRatio: number;
  /** Days of the recordings that were judged, and those on which the challenger lost less. */
  readonly days: number;
  readonly daysWon: number;
}

/** The slots that a network may be trained on: all before the first judged one. */
export function trainingPartOf(series: TimeSeries): TimeSeries {
  return { ...series, values: series.values.subarray(0, Math.ceil((2 * series.values.length) / 3)) };
}

/** Each recording takes seconds: between them others have their turn. */
export async function judgeChallenger(
  contenders: Contenders,
  recordings: readonly NamedSeries[],
): Promise<Verdict> {
  const all: ScoresOfBoth[] = [];
  for (const recording of recordings) {
    all.push(scoresOn(contenders, recording));
    await nextTurn();
  }
  const scores = all.filter(canTell);
  const championWqlRatio = geometricMean(scores.map(({ champion }) => champion.whole));
  const challengerWqlRatio = geometricMean(scores.map(({ challenger }) => challenger.whole));
  const days = scores.flatMap(({ champion, challenger }) =>
    [...champion.byDay].map(([day, loss]) => ({ champion: loss, challenger: challenger.byDay.get(day)! })),
  );
  const daysWon = days.filter(({ champion, challenger }) => challenger < champion).length;
  const hasWon =
    challengerWqlRatio <= MOST_LOSS_RATIO * championWqlRatio &&
    days.length >= LEAST_DAYS &&
    daysWon > days.length / 2;
  return { hasWon, championWqlRatio, challengerWqlRatio, days: days.length, daysWon };
}

interface Scores {
  readonly whole: number;
  /** By the day since the epoch that the origin is on. */
  readonly byDay: ReadonlyMap<number, number>;
}

/** Not where there is too little history for either to forecast, or no load at all: that tells nothing of the others. */
function canTell({ champion, challenger }: ScoresOfBoth): boolean {
  return [champion, challenger].some(({ whole }) => whole > 0 && whole < Infinity);
}

type ScoresOfBoth = Readonly<Record<keyof Contenders, Scores>>;

/** Both forecast from the same paths of the ARIMA-like model, which is fitted once. */
function scoresOn({ champion, challenger }: Contenders, { series, live }: NamedSeries): ScoresOfBoth {
  const pathsFor = createArimaPaths();
  const arima = createArima(pathsFor);
  const contestants = {
    champion: { chain: createForecastChain([createLstm(champion, pathsFor), arima]), score: new Score() },
    challenger: { chain: createForecastChain([createLstm(challenger, pathsFor), arima]), score: new Score() },
  };
  const horizonSteps = defaultHorizonSteps(series.stepSeconds);
  const strideSlots = Math.max(1, Math.floor(ORIGIN_STRIDE_SECONDS / series.stepSeconds));
  const plan = { series, horizonSteps, strideSlots, lookbackSlots: Infinity, calendar: CALENDAR };
  for (const slot of rollingOrigins(plan)) {
    const known = { ...series, values: series.values.subarray(0, slot) };
    const request: ChainRequest = {
      seriesKey: 'judged',
      series: known,
      live,
      horizonSteps,
      calendar: CALENDAR,
      models: CHAIN,
    };
    const day = Math.floor(slotStartMs(series, slot) / (SECONDS_PER_DAY * MS_PER_SECOND));
    for (const { chain, score } of Object.values(contestants))
      score.add(chain.forecast([request])[0], series.values.subarray(slot), day);
  }
  return { champion: contestants.champion.score.scores(), challenger: contestants.challenger.score.scores() };
}

class Score {
  readonly #whole = createAccuracyTally(1);
  readonly #byDay = new Map<number, AccuracyTally>();

  add(result: ForecastResult, actualsRps: SlotValues, day: number): void {
    if (result.kind === 'unavailable') return;
    const ofDay = this.#byDay.get(day) ?? createAccuracyTally(1);
    this.#byDay.set(day, ofDay);
    result.quantilesRps.forEach((row, step) => {
      for (const tally of [this.#whole, ofDay]) tally.add(row, actualsRps[step] ?? Number.NaN);
    });
  }

  scores(): Scores {
    const byDay = [...this.#byDay].flatMap(([day, tally]) => {
      const scores = tally.scores();
      return scores === undefined ? [] : [[day, scores.wqlRatio] as const];
    });
    return { whole: this.#whole.scores()?.wqlRatio ?? Number.NaN, byDay: new Map(byDay) };
  }
}

/** NaN of none, and where one is: who cannot be scored wins nothing. */
function geometricMean(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
