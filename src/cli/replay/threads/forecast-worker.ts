/** A thread that forecasts a stretch of a recording, and tells its forecasts in handfuls. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ForecastResult } from '../../../domain/forecast.ts';
import { forecastsOf, type ForecastTask, type Stretch } from './forecast-task.ts';

export interface ForecastOrder extends Stretch {
  readonly task: ForecastTask;
}

/** The forecasts of as many slots, from `fromSlot` on. */
export interface MadeForecasts {
  readonly fromSlot: number;
  readonly forecasts: readonly ForecastResult[];
}

const HANDFUL = 64;

const { task, fromSlot, untilSlot } = workerData as ForecastOrder;
const forecastAt = await forecastsOf(task);
for (let from = fromSlot; from < untilSlot; from += HANDFUL) {
  const count = Math.min(HANDFUL, untilSlot - from);
  const forecasts = Array.from({ length: count }, (_, i) => forecastAt(from + i));
  parentPort?.postMessage({ fromSlot: from, forecasts } satisfies MadeForecasts);
}
