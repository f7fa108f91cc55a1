/**
 * The chain: each series is asked of its first model, those that got no sane answer of their second, and so on; naive
 * closes every chain. One call per model and position for the whole fleet. Every skipped model leaves its reason.
 */
import type { ForecastResult, ModelName, SkippedModel, SkipReason } from '../domain/forecast.ts';
import { seriesEndMs } from '../domain/time-series.ts';
import type { Forecaster, ForecastOutcome, ForecastRequest } from './forecaster.ts';
import { createEventReader, type PlannedRequest } from './event-reader.ts';
import { sanityProblemOf } from './sanity-gate.ts';

/** A series with the models to try, in order; `naive` is tried last whether named or not. */
export interface ChainRequest extends PlannedRequest {
  readonly models: readonly ModelName[];
}

export interface ForecastChain {
  /** Answers in the order of the requests. Never throws: a model that does is skipped as `FitFailed`. */
  forecast(requests: readonly ChainRequest[]): readonly ForecastResult[];
}

interface Pending {
  readonly request: ForecastRequest;
  readonly chain: readonly ModelName[];
  readonly skipped: SkippedModel[];
  result: ForecastResult | undefined;
}

/** `models`: one forecaster per name; a name in a chain that has none is skipped as `ArtefactMissing`. */
export function createForecastChain(models: readonly Forecaster[]): ForecastChain {
  const byName = new Map(models.map((model) => [model.name, model]));
  const readEvents = createEventReader();
  return {
    forecast(requests) {
      const pending = requests.map(({ models: named, ...request }): Pending => {
        const chain = [...new Set<ModelName>([...named.filter((name) => name !== 'naive'), 'naive'])];
        return { request: readEvents(request), chain, skipped: [], result: undefined };
      });
      const longest = Math.max(0, ...pending.map(({ chain }) => chain.length));
      for (let place = 0; place < longest; place += 1) askPlace(byName, pending, place);
      return pending.map(({ result, skipped }) => result ?? { kind: 'unavailable', skipped });
    },
  };
}

/** Asks every series that has no forecast yet of the model at `place` of its chain, one call per model. */
function askPlace(
  byName: ReadonlyMap<ModelName, Forecaster>,
  pending: readonly Pending[],
  place: number,
): void {
  const open = pending.filter(({ result, chain }) => result === undefined && place < chain.length);
  for (const name of new Set(open.map(({ chain }) => chain[place]))) {
    const asked = open.filter(({ chain }) => chain[place] === name);
    const outcomes = askModel(
      byName.get(name),
      asked.map(({ request }) => request),
    );
    asked.forEach((one, index) => settle(one, name, outcomes[index]));
  }
}

function askModel(
  model: Forecaster | undefined,
  requests: readonly ForecastRequest[],
): readonly ForecastOutcome[] {
  if (model === undefined)
    return requests.map(() => unavailable('ArtefactMissing', 'not part of this build'));
  try {
    return wholeAnswer(model, requests);
  } catch {
    // One bad series must not cost the others their forecast: each is asked for by itself.
    return requests.map((request) => askAlone(model, request));
  }
}

function askAlone(model: Forecaster, request: ForecastRequest): ForecastOutcome {
  try {
    return wholeAnswer(model, [request])[0];
  } catch (error) {
    return unavailable('FitFailed', error instanceof Error ? error.message : String(error));
  }
}

function wholeAnswer(model: Forecaster, requests: readonly ForecastRequest[]): readonly ForecastOutcome[] {
  const outcomes = model.forecast(requests);
  if (outcomes.length === requests.length) return outcomes;
  throw new Error(`${model.name} gave ${outcomes.length} answers to ${requests.length} requests`);
}

function unavailable(reason: SkipReason, message: string): ForecastOutcome {
  return { kind: 'unavailable', reason, message };
}

function settle(pending: Pending, model: ModelName, outcome: ForecastOutcome): void {
  const { request, skipped } = pending;
  const problem = outcome.kind === 'unavailable' ? outcome : sanityProblemOf(outcome, request);
  if (outcome.kind === 'unavailable' || problem !== undefined) {
    const { reason, message } = problem as { reason: SkipReason; message: string };
    skipped.push({ model, reason, message });
    return;
  }
  pending.result = {
    kind: 'forecast',
    model,
    skipped,
    confidenceRatio: outcome.confidenceRatio,
    originAtMs: seriesEndMs(request.series),
    stepSeconds: request.series.stepSeconds,
    meanRps: outcome.meanRps,
    quantilesRps: outcome.quantilesRps,
    ...(outcome.weights && { weights: outcome.weights }),
    ...(outcome.change && { change: outcome.change }),
    ...(outcome.networkInUse && { networkInUse: outcome.networkInUse }),
  };
}
