import { MS_PER_SECOND } from '../../../domain/clock.ts';
import type { NetworkInUse } from '../../../domain/forecast.ts';
import { DEFAULT_WORKLOAD_CLASS } from '../../../domain/workload-class.ts';
import { decisionStepsOf } from '../../forecaster.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from '../../forecaster.ts';
import { LruCache, remembered } from '../../lru-cache.ts';
import { memoryKeyOf } from '../../memory-key.ts';
import { distributionAround } from '../../path-distribution.ts';
import { type Unavailable, withEvents } from '../../point-model.ts';
import type { ArimaPath, ArimaPaths } from '../arima/arima.ts';
import { correctedPaths, PoolMemory, scaledPath } from './corrected-errors.ts';
import { type Corrected, CorrectionMemory, type ServedNetwork } from './correction-memory.ts';
import { duel } from './duel.ts';
import { earnedTrust, LEADS_FROM_CERTAINTY, LEADS_TO_CERTAINTY, type Trust } from './trust.ts';

const MAX_REMEMBERED_SERIES = 10_000;

/** The network's place in the chain where there is none to serve: it says why and forecasts nothing. */
export function createAbsentLstm(message: string): Forecaster {
  return {
    name: 'lstm',
    forecast: (requests) => requests.map(() => ({ kind: 'unavailable', reason: 'ArtefactMissing', message })),
  };
}

/** A network fine-tuned from the one that is served. It forecasts in its shadow until it has won (see duel). */
export interface Challenger {
  readonly network: ServedNetwork;
  /** It was trained and chosen with samples from before. */
  readonly unseenFromMs: number;
}

/** The challenger of a class of workloads as of now; undefined: none contends there. */
export type ChallengerFor = (workloadClass: string) => Challenger | undefined;

interface SeriesMemory {
  readonly corrections: CorrectionMemory;
  /** Of the challenger that was asked last. */
  challenged: { readonly challenger: Challenger; readonly corrections: CorrectionMemory } | undefined;
  readonly pools: PoolMemory;
}

interface LstmDeps {
  readonly network: ServedNetwork;
  readonly challengerFor: ChallengerFor;
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
 * @param challengerFor asked at each forecast: another one may have been trained meanwhile
 */
export function createLstm(
  network: ServedNetwork,
  pathsFor: ArimaPaths,
  challengerFor: ChallengerFor = () => undefined,
): Forecaster {
  const memories = new LruCache<SeriesMemory>(MAX_REMEMBERED_SERIES);
  const deps = { network, challengerFor, pathsFor, memories };
  return { name: 'lstm', forecast: (requests) => requests.map((request) => forecastOne(request, deps)) };
}

function forecastOne(request: ForecastRequest, deps: LstmDeps): ForecastOutcome {
  const path = deps.pathsFor(request);
  if (path.kind === 'unavailable') return path;
  const memory = memoryFor(deps.memories, request);
  const { history, paths } = path;
  const contenders = {
    champion: deps.network,
    challenger: deps.challengerFor(request.workloadClass ?? DEFAULT_WORKLOAD_CLASS),
  };
  const { past, now, inUse } = correctedBy(contenders, memory, path, request);
  const earned = earnedTrust(past, paths.scale, history);
  if (earned.trust === 0) return notBetter(earned, inUse);
  const corrected = correctedPaths(paths.scale, past, earned.trust);
  const pools = memory.pools.pools(corrected, past, earned.trust, history);
  const outcome = distributionAround(
    scaledPath(now, earned.trust),
    { paths: corrected, pools, history },
    decisionStepsOf(request),
  );
  return withEvents({ ...outcome, ...(inUse && { networkInUse: inUse }) }, request);
}

interface Contenders {
  readonly champion: ServedNetwork;
  readonly challenger: Challenger | undefined;
}

/** What the network that serves says, and why it is that one where there are two. */
function correctedBy(
  { champion, challenger }: Contenders,
  memory: SeriesMemory,
  path: ArimaPath,
  request: ForecastRequest,
): Corrected & { readonly inUse?: NetworkInUse } {
  const ofChampion = memory.corrections.correct(champion, path, request);
  if (challenger === undefined) return ofChampion;
  const ofChallenger = correctionsOf(challenger, memory).correct(challenger.network, path, request);
  const { history, paths } = path;
  const inUse = duel({
    champion: ofChampion.past,
    challenger: ofChallenger.past,
    unseenFromSlot: challenger.unseenFromMs / MS_PER_SECOND / history.stepSeconds,
    scale: paths.scale,
    history,
  });
  return { ...(inUse.network === 'challenger' ? ofChallenger : ofChampion), inUse };
}

/** What is remembered of a challenger says nothing about the next one. */
function correctionsOf(challenger: Challenger, memory: SeriesMemory): CorrectionMemory {
  if (memory.challenged?.challenger !== challenger)
    memory.challenged = { challenger, corrections: new CorrectionMemory() };
  return memory.challenged.corrections;
}

function memoryFor(memories: LruCache<SeriesMemory>, request: ForecastRequest): SeriesMemory {
  return remembered(memories, memoryKeyOf(request), () => ({
    corrections: new CorrectionMemory(),
    challenged: undefined,
    pools: new PoolMemory(),
  }));
}

function notBetter({ origins, certainty, hasLed }: Trust, inUse: NetworkInUse | undefined): Unavailable {
  const verdict = hasLed ? 'no longer surely make' : 'would not surely have made';
  const message = `its corrections ${verdict} the last ${origins} forecasts of arima better (gain of ${certainty.toFixed(1)} standard errors; it leads from ${LEADS_FROM_CERTAINTY} on, until there are fewer than ${LEADS_TO_CERTAINTY})`;
  return {
    kind: 'unavailable',
    reason: 'NotBetter',
    message: inUse === undefined ? message : `${message}; ${inUse.message}`,
  };
}
