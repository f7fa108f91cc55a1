import { Worker } from 'node:worker_threads';
import type { BackgroundForecaster } from '../../forecast/background-forecaster.ts';
import {
  createForecastThreads,
  forecastThreadFile,
  type ForecastWorkerData,
} from '../../infer/beside/forecast-threads.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { tightenHeaps } from './tight-heap.ts';

/**
 * Threads that make the forecasts of a live run, however small its fleet: the first one loads its models while the first
 * metrics are read. undefined where the program runs as TypeScript (see forecastThreadFile): the ticks make them then.
 */
export function startBackgroundForecasts(
  logger: Logger,
  workerData: ForecastWorkerData,
): BackgroundForecaster | undefined {
  const file = forecastThreadFile();
  if (file === undefined) return undefined;
  tightenHeaps();
  return createForecastThreads({
    start: () => new Worker(file, { workerData }),
    monotonicMs: () => performance.now(),
    onFault: (message) => logger.error({ message }, 'forecasts'),
  });
}
