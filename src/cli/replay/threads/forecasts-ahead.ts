/**
 * All forecasts of a replay, made by threads while the main one plays the baselines. A forecast is a function of the
 * history before it, whatever was forecast earlier: each thread takes a stretch, and the answers are those of one.
 */
import { Worker } from 'node:worker_threads';
import type { ForecastResult } from '../../../domain/forecast.ts';
import { forecastsOf, type ForecastTask, type Stretch } from './forecast-task.ts';
import type { ForecastOrder, MadeForecasts } from './forecast-worker.ts';
import { workerFile } from './worker-file.ts';

/** What a thread has to get ready before its first forecast is worth so many of them. */
const LEAST_SLOTS = 300;

/** `threads` of 0: all are made when they are asked for. The slots of `stretch` are made ahead, others when asked for. */
export async function forecastsAhead(
  task: ForecastTask,
  stretch: Stretch,
  threads: number,
): Promise<(slot: number) => ForecastResult> {
  const slots = stretch.untilSlot - stretch.fromSlot;
  const file = workerFile('forecast-worker', import.meta.url);
  const parts = file === undefined ? 0 : Math.min(threads, Math.floor(slots / LEAST_SLOTS));
  const made = new Map<number, ForecastResult>();
  await Promise.all(
    Array.from({ length: parts }, async (_, part) => {
      const [fromSlot, untilSlot] = [part, part + 1].map(
        (at) => stretch.fromSlot + Math.round((slots * at) / parts),
      );
      await forecastBy(file!, { task, fromSlot, untilSlot }, made);
    }),
  );
  return forecastsOf(task, made);
}

/** Ends when the thread has; rejects with what it failed of. */
function forecastBy(file: URL, order: ForecastOrder, into: Map<number, ForecastResult>): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(file, { workerData: order });
    worker.on('message', ({ fromSlot, forecasts }: MadeForecasts) =>
      forecasts.forEach((forecast, i) => into.set(fromSlot + i, forecast)),
    );
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}
