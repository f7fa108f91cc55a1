import { createLstm } from '../../forecast/models/lstm/lstm.ts';
import { createMovingAverage } from '../../forecast/models/moving-average/moving-average.ts';
import { createNaive } from '../../forecast/models/naive/naive.ts';
import { createSeasonalNaive } from '../../forecast/models/seasonal-naive/seasonal-naive.ts';
import { createForecastChain, type ForecastChain } from '../../forecast/select-forecast.ts';

/** Every model there is; which of them a workload is asked of, and in which order, its policy says. */
export function createAllModelsChain(): ForecastChain {
  return createForecastChain([createLstm(), createMovingAverage(), createSeasonalNaive(), createNaive()]);
}
