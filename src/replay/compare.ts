/** A replay as a whole: the controller beside its baselines, over one recording. */
import type { Decision } from '../domain/decision.ts';
import type { ForecastResult } from '../domain/forecast.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { capacityRps } from '../size/service-model.ts';
import { dispatchedQueues } from '../size/dispatch.ts';
import type { ReplayAutoscaler, ReplayView } from './autoscaler.ts';
import { createConstant } from './baselines/constant.ts';
import { HPA_DEFAULT_TARGET } from './baselines/hpa.ts';
import { createPlanned } from './baselines/planned.ts';
import { createController, type ControllerDeps } from './controller.ts';
import { hpaDefaultVariant, hpaVariant, SWEPT_FAMILIES, type FamilyName } from './families.ts';
import { excessFrom, frontierOf, type FrontierPoint } from './frontier.ts';
import { playAll, type PlayedAutoscaler, type PlayHooks, type ReplayWorld } from './play.ts';
import { addTallies, scoreOf, type Episode, type RunScore, type Tally } from './score.ts';
import type { Variant } from './variant.ts';

export interface ComparedPolicy {
  readonly name: string;
  /** What it was set to; empty where there is nothing to set. */
  readonly setting: string;
  readonly score: RunScore;
  readonly days: readonly Tally[];
  readonly worstEpisode: Episode | undefined;
  /** The same once more. */
  readonly create: () => ReplayAutoscaler;
}

export interface Comparison {
  readonly policies: readonly ComparedPolicy[];
  /** Share of requests that is late whatever the count. */
  readonly floorRatio: number;
  readonly frontiers: ReadonlyMap<FamilyName, readonly FrontierPoint[]>;
}

export interface RivalsInput {
  readonly world: ReplayWorld;
  readonly families: readonly FamilyName[];
  /** Autoscalers of the user's own. */
  readonly plugins: readonly Plugin[];
  readonly hooks?: PlayHooks;
}

export interface CompareInput extends RivalsInput {
  readonly history: TimeSeries;
  readonly forecastAt: (slot: number) => ForecastResult;
  readonly onDecision?: (decision: Decision, view: ReplayView) => void;
}

export interface Plugin {
  readonly name: string;
  readonly create: () => ReplayAutoscaler;
}

export const PRESCALE = 'prescale';
export const REACTIVE = 'prescale-reactive';

interface Candidate {
  readonly family: FamilyName | undefined;
  readonly name: string;
  readonly setting: string;
  readonly create: () => ReplayAutoscaler;
}

/** What needs no forecast: the baselines with all their settings, and the plug-ins. */
export function playRivals(input: RivalsInput): readonly Scored[] {
  const swept = playedCandidates(input, [...sweptCandidates(input), ...pluginCandidates(input)]);
  return input.families.includes('static') ? [...swept, cheapestConstant(input.world)] : swept;
}

/** The controller beside its rivals; of each family the best setting in hindsight is reported, of `hpa` also two others. */
export function compare(
  input: CompareInput,
  rivals: readonly Scored[] = playRivals({ ...input, hooks: {} }),
): Comparison {
  const { world } = input;
  const all = [...playedCandidates(input, ownCandidates(input)), ...rivals];
  const floorRatio = lateByService(world);
  return {
    policies: reported(all, world),
    floorRatio,
    frontiers: new Map(
      input.families.map((family) => [
        family,
        frontierOf(all.filter((one) => isOf(one, family)).map((one) => pointOf(one.score, floorRatio))),
      ]),
    ),
  };
}

function playedCandidates(
  { world, hooks }: Pick<CompareInput, 'world' | 'hooks'>,
  candidates: readonly Candidate[],
): Scored[] {
  const played = playAll(
    world,
    candidates.map(({ create }) => create()),
    hooks,
  );
  return candidates.map((candidate, i) => ({ ...candidate, ...scoredRun(world, played[i]) }));
}

/** `static` is one of the oracle's: the same constant, known in advance. */
function isOf({ family }: Candidate, asked: FamilyName): boolean {
  return family === asked || (asked === 'oracle' && family === 'static');
}

export function pointOf(score: RunScore, floorRatio: number): FrontierPoint {
  return {
    excessRatio: excessFrom(score.sloViolationRatio, floorRatio),
    replicaHours: score.replicaHours,
  };
}

type Played = Pick<ComparedPolicy, 'score' | 'days' | 'worstEpisode'>;
/** One setting of a policy with what it came to. */
export type Scored = Candidate & Played;

function scoredRun({ policy }: ReplayWorld, { tally }: PlayedAutoscaler): Played {
  return {
    score: scoreOf(addTallies(tally.days), tally.maxReplicas(), policy.cost),
    days: tally.days,
    worstEpisode: tally.worstEpisode(),
  };
}

/** The controller, and the same with a forecast of nothing: what is better than that is foresight and not speed. */
function ownCandidates({ world, history, forecastAt, onDecision }: CompareInput): Candidate[] {
  const { policy, path, model } = world;
  const { serviceRateRps } = model;
  const nothingAt = lastKept((slot) => nothing(forecastAt(slot)));
  const controller = (name: string, deps: Pick<ControllerDeps, 'forecastAt' | 'onDecision'>): Candidate => {
    const shared = { policy, serviceRateRps, path, history };
    const create = playedOnce(path.ratesRps.length, () => createController(name, { ...shared, ...deps }));
    return { family: undefined, setting: '', name, create };
  };
  return [
    controller(PRESCALE, { forecastAt, ...(onDecision && { onDecision }) }),
    controller(REACTIVE, { forecastAt: nothingAt }),
  ];
}

/** The first that is created decides; all later ones do again what it did, which costs nothing. */
function playedOnce(steps: number, create: () => ReplayAutoscaler): () => ReplayAutoscaler {
  const plan = new Int32Array(steps);
  let hasPlayed = false;
  return () => {
    const deciding = create();
    if (hasPlayed) return createPlanned(deciding.name, plan);
    hasPlayed = true;
    return { ...deciding, desire: (view) => (plan[view.step] = deciding.desire(view)) };
  };
}

/** Several decisions follow from one forecast. */
function lastKept(forecastAt: (slot: number) => ForecastResult): (slot: number) => ForecastResult {
  let last: { readonly slot: number; readonly forecast: ForecastResult } | undefined;
  return (slot) => {
    if (last?.slot !== slot) last = { slot, forecast: forecastAt(slot) };
    return last.forecast;
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
    quantilesRps: quantilesRps.map((row) => row.map(() => 0)),
  };
}

function sweptCandidates({ world, families }: RivalsInput): Candidate[] {
  const swept = SWEPT_FAMILIES.filter(({ name }) => families.includes(name)).flatMap(({ name, variants }) =>
    variants(world).map((variant) => candidateOf(name, name, variant)),
  );
  if (!families.includes('hpa')) return swept;
  const byDefault = candidateOf('hpa', 'hpa-default', hpaDefaultVariant(world));
  const bySlo = candidateOf('hpa', 'hpa', hpaVariant(world, targetFromSlo(world)));
  return [
    ...swept.map((one) => (one.family === 'hpa' ? { ...one, name: 'hpa-tuned' } : one)),
    byDefault,
    bySlo,
  ];
}

function candidateOf(family: FamilyName, name: string, { setting, create }: Variant): Candidate {
  return { family, name, setting, create };
}

function pluginCandidates({ plugins }: RivalsInput): Candidate[] {
  return plugins.map(({ name, create }) => ({ family: undefined, name, setting: '', create }));
}

/**
 * The utilization at which the objective is met, on the mean load of the part before the scored one: what somebody
 * sets who knows the SLO and the service, and no forecast.
 */
function targetFromSlo({ model, path, needed, window }: ReplayWorld): number {
  let requests = 0;
  let capacity = 0;
  for (let step = 0; step < Math.max(1, window.fromStep); step += 1) {
    if (needed[step] < 0) continue;
    requests += path.ratesRps[step];
    capacity += capacityRps(model, needed[step]);
  }
  return capacity > 0 && requests > 0 ? Math.min(1, requests / capacity) : HPA_DEFAULT_TARGET.ratio;
}

function lateByService({ model, policy }: ReplayWorld): number {
  return dispatchedQueues(model).lateByService(1, policy.slo.responseSeconds);
}

/** The smallest constant that keeps the objective over the scored window, by bisection: lateness falls with the count. */
function cheapestConstant(world: ReplayWorld): Scored {
  const { physics, policy, needed, window } = world;
  const scoreAt = (replicas: number): Scored => {
    const create = (): ReplayAutoscaler => createConstant('static', replicas);
    const [played] = playAll(world, [create()]);
    const candidate = { family: 'static' as const, name: 'static', setting: `${replicas}`, create };
    return { ...candidate, ...scoredRun(world, played) };
  };
  const most = Math.max(
    1,
    needed.subarray(window.fromStep).reduce((a, b) => Math.max(a, b), 1),
  );
  let [low, high] = [physics.minReplicas, Math.max(physics.minReplicas, Math.min(most, physics.maxReplicas))];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (scoreAt(middle).score.sloViolationRatio <= 1 - policy.slo.objectiveRatio) high = middle;
    else low = middle + 1;
  }
  return scoreAt(low);
}

/** One of each name: the cheapest that keeps the objective, else the one with the fewest late requests. */
function reported(all: readonly Scored[], { policy }: ReplayWorld): ComparedPolicy[] {
  const allowed = 1 - policy.slo.objectiveRatio;
  const names = [...new Set(all.map(({ name }) => name))];
  return names.map((name) => {
    const settings = all.filter((one) => one.name === name);
    const kept = settings.filter(({ score }) => score.sloViolationRatio <= allowed);
    const best = kept.length > 0 ? lowest(kept, 'replicaHours') : lowest(settings, 'sloViolationRatio');
    const { setting, score, days, worstEpisode, create } = best;
    return { name, setting, score, days, worstEpisode, create };
  });
}

function lowest(settings: readonly Scored[], by: 'replicaHours' | 'sloViolationRatio'): Scored {
  return settings.reduce((best, one) => (one.score[by] < best.score[by] ? one : best));
}
