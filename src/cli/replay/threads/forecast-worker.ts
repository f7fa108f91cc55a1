/** A thread that forecasts a stretch of a recording in order, and tells its forecasts in handfuls. */
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
/** So many handfuls may wait to be taken: a recording of years must not come to lie in memory. */
const MOST_WAITING = 32;

const { task, fromSlot, untilSlot } = workerData as ForecastOrder;
const port = parentPort!;
let waiting = 0;
let wake = (): void => undefined;
port.on('message', () => {
  waiting -= 1;
  wake();
});

const forecastAt = await forecastsOf(task);
for (let from = fromSlot; from < untilSlot; from += HANDFUL) {
  const count = Math.min(HANDFUL, untilSlot - from);
  const forecasts = Array.from({ length: count }, (_, i) => forecastAt(from + i));
  port.postMessage({ fromSlot: from, forecasts } satisfies MadeForecasts);
  waiting += 1;
  // The messages of the other side are heard only between two handfuls.
  await new Promise((resolve) => setImmediate(resolve));
  while (waiting >= MOST_WAITING) await new Promise<void>((resolve) => (wake = resolve));
}
port.close();
