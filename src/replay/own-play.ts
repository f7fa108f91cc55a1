/** The controller in a replay, and the same without its forecast: what is better than that is foresight and not speed. */
import type { Decision } from '../domain/decision.ts';
import { QUANTILE_LEVELS, type ForecastResult } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import type { ReplayAutoscaler, ReplayView } from './autoscaler.ts';
import { createPlanned } from './baselines/planned.ts';
import { createController, type ControllerDeps } from './controller.ts';
import { lastKept } from './forecasts-in-turn.ts';
import type { PlayHooks, ReplayWorld } from './play.ts';
import { beginCandidates, type Candidate, type CandidatesPlay } from './played-candidate.ts';
import { createRecordedPlan } from './recorded-plan.ts';

export const PRESCALE = 'prescale';
export const REACTIVE = 'prescale-reactive';

export interface OwnInput {
  readonly world: ReplayWorld;
  readonly history: TimeSeries;
  /** Asked for slots in order, each once. */
  readonly forecastAt: (slot: number) => ForecastResult;
  readonly onDecision?: (decision: Decision, view: ReplayView) => void;
  readonly hooks?: PlayHooks;
}

export function beginOwn(input: OwnInput): CandidatesPlay {
  return beginCandidates(input.world, ownCandidates(input), input.hooks);
}

function ownCandidates({ world, history, forecastAt, onDecision }: OwnInput): Candidate[] {
  const { policy, path, model } = world;
  const { serviceRateRps } = model;
  const latest = lastKept(forecastAt);
  const nothingAt = lastKept((slot) => nothing(latest(slot)));
  const controller = (name: string, deps: Pick<ControllerDeps, 'forecastAt' | 'onDecision'>): Candidate => {
    const shared = { policy, serviceRateRps, path, history };
    const create = playedOnce(() => createController(name, { ...shared, ...deps }));
    return { family: undefined, setting: '', name, create };
  };
  return [
    controller(PRESCALE, { forecastAt: latest, ...(onDecision && { onDecision }) }),
    controller(REACTIVE, { forecastAt: nothingAt }),
  ];
}

/** The first that is created decides; all later ones do again what it did, which costs nothing. */
function playedOnce(create: () => ReplayAutoscaler): () => ReplayAutoscaler {
  const plan = createRecordedPlan();
  let hasPlayed = false;
  return () => {
    const deciding = create();
    if (hasPlayed) return createPlanned(deciding.name, plan.counts());
    hasPlayed = true;
    return {
      ...deciding,
      desire(view) {
        const count = deciding.desire(view);
        plan.add(view.step, count);
        return count;
      },
    };
  };
}

/** Trusted, and of no load at all: what is measured decides, and replicas may go. Untrusted, none would ever go. */
function nothing(forecast: ForecastResult): ForecastResult {
  if (forecast.kind === 'unavailable') return forecast;
  const { meanRps, quantilesRps } = forecast;
  return {
    ...forecast,
    confidenceRatio: 1,
    meanRps: meanRps.map(() => 0),
    // One row for all: what was found of it holds for every step that has it.
    quantilesRps: quantilesRps.map(() => NO_LOAD),
  };
}

const NO_LOAD: readonly number[] = QUANTILE_LEVELS.map(() => 0);
