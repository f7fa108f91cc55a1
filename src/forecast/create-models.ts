import type { ModelName } from '../domain/forecast.ts';
import type { LiveFeature } from '../domain/live-history.ts';
import type { Forecaster } from './forecaster.ts';
import { createArima, createArimaPaths } from './models/arima/arima.ts';
import { createEnsemble, EXPERTS } from './models/ensemble/ensemble.ts';
import type { ServedNetwork } from './models/lstm/correction-memory.ts';
import { type ChallengerFor, createAbsentLstm, createLstm } from './models/lstm/lstm.ts';
import { networkExpert } from './models/lstm/network-expert.ts';
import { createMovingAverage } from './models/moving-average/moving-average.ts';
import { createNaive } from './models/naive/naive.ts';
import { createSeasonalNaive } from './models/seasonal-naive/seasonal-naive.ts';

/** A trained network with the challengers that may take over from it, or why there is none. */
export type NetworkOrReason =
  (ServedNetwork & { readonly challengerFor?: ChallengerFor }) | { readonly missing: string };

/** One new forecaster of each kind, in the order of MODEL_NAMES. They keep caches: make them once and share them. */
export function createModels(network: NetworkOrReason): readonly Forecaster[] {
  const pathsFor = createArimaPaths();
  return [
    createEnsemble(
      'missing' in network ? EXPERTS : [...EXPERTS, networkExpert(network, network.challengerFor)],
    ),
    'missing' in network
      ? createAbsentLstm(network.missing)
      : createLstm(network, pathsFor, network.challengerFor),
    createArima(pathsFor),
    createMovingAverage(),
    createSeasonalNaive(),
    createNaive(),
  ];
}

/** The default policy's chain: what `auto` means where there is no policy. `naive` closes it. */
export const DEFAULT_CHAIN: readonly ModelName[] = ['ensemble', 'lstm', 'arima', 'moving-average'];

const NOTHING_READ: readonly LiveFeature[] = [];

/** Live metrics that the network reads, or a challenger of the class as of now. */
export function liveMetricsReadBy(network: NetworkOrReason, workloadClass: string): readonly LiveFeature[] {
  if ('missing' in network) return NOTHING_READ;
  const challenger = network.challengerFor?.(workloadClass)?.network;
  const { liveMetrics: own = NOTHING_READ } = network;
  const { liveMetrics: others = NOTHING_READ } = challenger ?? {};
  // Asked for each workload at every tick: mostly there is nothing to put together.
  if (others.length === 0) return own;
  return [...own, ...others.filter((metric) => !own.includes(metric))];
}
