import { decisionStepsOf } from '../../forecaster.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from '../../forecaster.ts';
import { calendarKey } from '../../local-clock.ts';
import { LruCache } from '../../lru-cache.ts';
import { distributionAround } from '../../path-distribution.ts';
import { type Unavailable, withEvents } from '../../point-model.ts';
import type { ArimaPaths } from '../arima/arima.ts';
import { correctedPaths, PoolMemory, scaledPath } from './corrected-errors.ts';
import { CorrectionMemory, type ServedNetwork } from './correction-memory.ts';
import { earnedTrust, type Trust } from './trust.ts';

const MAX_REMEMBERED_SERIES = 10_000;

/** The network's place in the chain where there is none to serve: it says why and forecasts nothing. */
export function createAbsentLstm(message: string): Forecaster {
  return {
    name: 'lstm',
    forecast: (requests) => requests.map(() => ({ kind: 'unavailable', reason: 'ArtefactMissing', message })),
  };
}

interface SeriesMemory {
  readonly corrections: CorrectionMemory;
  readonly pools: PoolMemory;
}

interface LstmDeps {
  readonly network: ServedNetwork;
  readonly pathsFor: ArimaPaths;
  readonly memories: LruCache<SeriesMemory>;
}

/**
 * A network trained across workloads that corrects the ARIMA-like model of each: it has read how that model and simpler
 * ones did at the last origins, and says how much of each to believe. It leads only where its corrections have made past
 * forecasts of this very series better, and as far as they have (see earnedTrust); where they have not it steps
 * back with the reason `NotBetter`. Quantiles come from the corrected forecasts' own past errors, as everywhere.
 *
 * The guarantees of the ARIMA-like model hold: the same history gives the same answer, to the bit, whatever was asked before.
 */
export function createLstm(network: ServedNetwork, pathsFor: ArimaPaths): Forecaster {
  const deps = { network, pathsFor, memories: new LruCache<SeriesMemory>(MAX_REMEMBERED_SERIES) };
  return { name: 'lstm', forecast: (requests) => requests.map((request) => forecastOne(request, deps)) };
}

function forecastOne(request: ForecastRequest, { network, pathsFor, memories }: LstmDeps): ForecastOutcome {
  const path = pathsFor(request);
  if (path.kind === 'unavailable') return path;
  const memory = memoryFor(memories, request);
  const { history, paths } = path;
  const { past, now } = memory.corrections.correct(network, path, request.calendar.events);
  const earned = earnedTrust(past, paths.scale, history);
  if (earned.trust === 0) return notBetter(earned);
  const corrected = correctedPaths(paths.scale, past, earned.trust);
  const pools = memory.pools.pools(corrected, past, earned.trust, history);
  return withEvents(
    distributionAround(
      scaledPath(now, earned.trust),
      { paths: corrected, pools, history },
      decisionStepsOf(request),
    ),
    request,
  );
}

function memoryFor(
  memories: LruCache<SeriesMemory>,
  { seriesKey, series, horizonSteps, calendar }: ForecastRequest,
): SeriesMemory {
  const key = `${seriesKey} ${calendarKey(calendar)} ${series.stepSeconds} ${horizonSteps}`;
  const memory = memories.get(key) ?? { corrections: new CorrectionMemory(), pools: new PoolMemory() };
  memories.set(key, memory);
  return memory;
}

function notBetter({ origins, certainty }: Trust): Unavailable {
  const message = `its corrections would not surely have made the last ${origins} forecasts of arima better (gain of ${certainty.toFixed(1)} standard errors)`;
  return { kind: 'unavailable', reason: 'NotBetter', message };
}
