import { availableParallelism } from 'node:os';
import type { BackgroundForecaster } from '../../forecast/background-forecaster.ts';
import { LruCache } from '../../forecast/lru-cache.ts';
import { createWorkerForecaster, type WorkerForecasterDeps } from './worker-forecaster.ts';

/** A core makes so many forecasts a minute with ease; a thread more costs its memory. */
const SERIES_PER_THREAD = 5000;
const MOST_THREADS = 4;
const MOST_REMEMBERED_SERIES = 100_000;

/** What a thread is started with. */
export interface ForecastWorkerData {
  /** A file, or a folder of classes. */
  readonly challengerPath?: string | undefined;
}

/** As many as the machine has cores beside that of the loop. */
export function threadsOfMachine(): number {
  return Math.max(1, Math.min(MOST_THREADS, availableParallelism() - 1));
}

/** undefined where the program runs as TypeScript: only a loader could read the thread's file. */
export function forecastThreadFile(): URL | undefined {
  return import.meta.url.endsWith('.js') ? new URL('./forecast-worker.js', import.meta.url) : undefined;
}

/**
 * Threads that share the series of a fleet: a series stays with the thread that it was first given to, as what is
 * remembered of it is there. Another thread is started when those that run have SERIES_PER_THREAD each.
 */
export function createForecastThreads(
  deps: WorkerForecasterDeps,
  mostThreads = threadsOfMachine(),
): BackgroundForecaster {
  const threads = [createWorkerForecaster(deps)];
  const threadOf = new LruCache<BackgroundForecaster>(MOST_REMEMBERED_SERIES);
  let given = 0;
  /** They are filled one after the other; when all are full, each gets one in turn. */
  const nextThread = (): BackgroundForecaster => {
    const mayStart = threads.length < mostThreads;
    if (mayStart && given >= threads.length * SERIES_PER_THREAD) threads.push(createWorkerForecaster(deps));
    return threads[mayStart ? threads.length - 1 : given % threads.length];
  };
  const give = (seriesKey: string): BackgroundForecaster => {
    const thread = nextThread();
    given += 1;
    threadOf.set(seriesKey, thread);
    return thread;
  };
  return {
    forecast: (request) => (threadOf.get(request.seriesKey) ?? give(request.seriesKey)).forecast(request),
    close: async () => void (await Promise.all(threads.map((thread) => thread.close()))),
  };
}
