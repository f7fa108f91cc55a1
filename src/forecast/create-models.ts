import type { ModelName } from '../domain/forecast.ts';
import type { Forecaster } from './forecaster.ts';
import { createArima } from './models/arima/arima.ts';
import { createLstm } from './models/lstm/lstm.ts';
import { createMovingAverage } from './models/moving-average/moving-average.ts';
import { createNaive } from './models/naive/naive.ts';
import { createSeasonalNaive } from './models/seasonal-naive/seasonal-naive.ts';

/** One new forecaster of each kind, in the order of MODEL_NAMES. They keep caches: make them once and share them. */
export function createModels(): readonly Forecaster[] {
  return [createLstm(), createArima(), createMovingAverage(), createSeasonalNaive(), createNaive()];
}

/** The default policy's chain: what `auto` means where there is no policy. `naive` closes it. */
export const DEFAULT_CHAIN: readonly ModelName[] = ['lstm', 'arima', 'moving-average'];
