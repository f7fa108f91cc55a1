import type { ForecastResult } from '../domain/forecast.ts';
import type { ChainRequest } from './select-forecast.ts';

/** Forecasts that are made beside the loop, one workload's after the other. */
export interface BackgroundForecaster {
  /**
   * Resolves when the forecast is made, or to `unavailable` with the reason `WorkerFailed` where it will not be. Never
   * rejects. A workload is asked for again only when it has been answered: so nothing waits but one request of each. The
   * series' memory is shared (see SlotStore), not copied.
   */
  forecast(request: ChainRequest): Promise<ForecastResult>;
  close(): Promise<void>;
}
