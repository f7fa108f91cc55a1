/** What a thread needs to forecast for a replay: plain data. */
import type { LiveHistory } from '../../../domain/live-history.ts';
import type { TimeSeries } from '../../../domain/time-series.ts';
import type { ForecastResult } from '../../../domain/forecast.ts';
import { createModels } from '../../../forecast/create-models.ts';
import { createForecastChain } from '../../../forecast/select-forecast.ts';
import { shippedNetwork } from '../../../infer/shipped-network.ts';
import type { Policy } from '../../../policy/policy.ts';
import { createForecastsInTurn } from '../../../replay/forecasts-in-turn.ts';

export interface ForecastTask {
  readonly history: TimeSeries;
  readonly live: LiveHistory | undefined;
  readonly policy: Policy;
  readonly tickSeconds: number;
}

/** Slots of the history, the last one excluded. */
export interface Stretch {
  readonly fromSlot: number;
  readonly untilSlot: number;
}

/** Forecasts made when they are asked for. */
export async function forecastsOf(task: ForecastTask): Promise<(slot: number) => ForecastResult> {
  const chain = createForecastChain(createModels(await shippedNetwork()));
  return createForecastsInTurn({ ...task, chain });
}
