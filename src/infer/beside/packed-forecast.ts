import { QUANTILE_LEVELS, type Forecast, type ForecastResult } from '../../domain/forecast.ts';
import { LruCache } from '../../forecast/lru-cache.ts';
import type { ChainRequest } from '../../forecast/select-forecast.ts';

/**
 * To a worker: series by reference (shared memory), each request with the number that its answer bears. A calendar may
 * be a file of some size: it comes with the first request of its series, and where it is another one.
 */
export interface WorkerQuestion {
  readonly id: number;
  readonly request: Omit<ChainRequest, 'calendar'>;
  readonly calendar?: ChainRequest['calendar'];
}

/** Calendars by series: as many, and given up in the same order, on both sides. */
export type Calendars = LruCache<ChainRequest['calendar']>;

export function createCalendars(): Calendars {
  return new LruCache(MOST_CALENDARS);
}

const MOST_CALENDARS = 100_000;

/** A forecast whose rates are in the message's array: cloning lists of lists costs more than forecasting is worth. */
export type PackedForecast =
  | { readonly id: number; readonly result: Exclude<ForecastResult, Forecast> }
  | {
      readonly id: number;
      readonly result: Omit<Forecast, 'meanRps' | 'quantilesRps'>;
      readonly steps: number;
    };

/** From a worker. `rates`: of each forecast in turn, of each step the mean and the quantiles; transferred. */
export interface WorkerAnswers {
  readonly forecasts: readonly PackedForecast[];
  readonly rates: Float64Array;
}

const COLUMNS = 1 + QUANTILE_LEVELS.length;

export function packed(
  answers: readonly { readonly id: number; readonly result: ForecastResult }[],
): WorkerAnswers {
  const steps = answers.reduce((sum, { result }) => sum + stepsOf(result), 0);
  const rates = new Float64Array(steps * COLUMNS);
  let at = 0;
  const forecasts = answers.map(({ id, result }): PackedForecast => {
    if (result.kind === 'unavailable') return { id, result };
    const { meanRps, quantilesRps, ...told } = result;
    meanRps.forEach((mean, step) => {
      rates[at] = mean;
      rates.set(quantilesRps[step], at + 1);
      at += COLUMNS;
    });
    return { id, result: told, steps: meanRps.length };
  });
  return { forecasts, rates };
}

export function unpacked({
  forecasts,
  rates,
}: WorkerAnswers): readonly { readonly id: number; readonly result: ForecastResult }[] {
  let at = 0;
  return forecasts.map((one) => {
    if (!('steps' in one)) return one;
    const { id, result: told, steps } = one;
    const meanRps: number[] = [];
    const quantilesRps: (readonly number[])[] = [];
    for (let step = 0; step < steps; step += 1, at += COLUMNS) {
      meanRps.push(rates[at]);
      quantilesRps.push(listOf(rates, at + 1, at + COLUMNS));
    }
    return { id, result: { ...told, meanRps: meanRps.slice(), quantilesRps } };
  });
}

/**
 * From `from` until `to`. Not spread, which would put each number into a box of its own, and cut to its length: what grows
 * has room for more, and a fleet keeps 150,000 of these lists.
 */
function listOf(rates: Float64Array, from: number, to: number): readonly number[] {
  const list: number[] = [];
  for (let at = from; at < to; at += 1) list.push(rates[at]);
  return list.slice();
}

function stepsOf(result: ForecastResult): number {
  return result.kind === 'forecast' ? result.meanRps.length : 0;
}
