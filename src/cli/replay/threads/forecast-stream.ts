/** The forecasts of a replay in order, made by a thread of their own while this one plays with those before. */
import { on } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ForecastOrder, MadeForecasts } from './forecast-worker.ts';

export interface ForecastStream extends AsyncIterable<MadeForecasts> {
  /** Whatever is still to come is not wanted. */
  readonly end: () => Promise<unknown>;
}

/** Begins at once. Whoever takes a handful has the thread make another one; rejects with what the thread failed of. */
export function beginForecasts(file: URL, order: ForecastOrder): ForecastStream {
  const worker = new Worker(file, { workerData: order });
  const messages = on(worker, 'message', { close: ['exit'] }) as AsyncIterable<[MadeForecasts]>;
  return {
    end: () => worker.terminate(),
    async *[Symbol.asyncIterator]() {
      for await (const [made] of messages) {
        yield made;
        worker.postMessage('taken');
      }
    },
  };
}
