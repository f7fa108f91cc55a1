import { Worker } from 'node:worker_threads';
import type { Fleet } from '../../control/fleet.ts';
import type { BackgroundForecaster } from '../../forecast/background-forecaster.ts';
import {
  createForecastThreads,
  forecastThreadFile,
  type ForecastWorkerData,
} from '../../infer/beside/forecast-threads.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { tightenHeaps } from './tight-heap.ts';

/**
 * Below so many the forecasts of a step take the loop a tenth of a second, and are there in the same tick; a thread
 * (about 60 MB) would gain nothing. Measured by bench:scale.
 */
const THREADS_FROM_WORKLOADS = 50;

export interface BackgroundForecasts {
  /** For the fleet as it is now; undefined while it is small. What has been started stays. */
  current(): BackgroundForecaster | undefined;
  close(): Promise<void>;
}

/** Threads that make a fleet's forecasts, once the fleet is large enough to gain by them. */
export function keepBackgroundForecasts(
  fleet: Fleet,
  logger: Logger,
  workerData: ForecastWorkerData,
): BackgroundForecasts {
  const file = forecastThreadFile();
  let threads: BackgroundForecaster | undefined;
  return {
    current() {
      if (threads === undefined && file !== undefined && fleet.size() >= THREADS_FROM_WORKLOADS) {
        tightenHeaps();
        threads = createForecastThreads({
          start: () => new Worker(file, { workerData }),
          monotonicMs: () => performance.now(),
          onFault: (message) => logger.error({ message }, 'forecasts'),
        });
      }
      return threads;
    },
    close: async () => threads?.close(),
  };
}
