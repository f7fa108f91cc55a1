/** A replay as a whole: the controller beside its baselines, over one recording. */
import type { ReplayAutoscaler } from './autoscaler.ts';
import { dispatchedQueues } from '../size/dispatch.ts';
import type { FamilyName } from './families.ts';
import { excessFrom, frontierOf, type FrontierPoint } from './frontier.ts';
import { beginOwn, PRESCALE, REACTIVE, type OwnInput } from './own-play.ts';
import type { PlayHooks, ReplayWorld } from './play.ts';
import type { Candidate, Result, Scored } from './played-candidate.ts';
import { baselinesFrom, familyPolicies, playBaselines, playPlugins, type Plugin } from './rivals.ts';

export { PRESCALE, REACTIVE } from './own-play.ts';

export interface ComparedPolicy extends Result {
  readonly name: string;
  /** What it was set to; empty where there is nothing to set. */
  readonly setting: string;
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
  readonly plugins: readonly Plugin[];
  readonly hooks?: PlayHooks;
}

export type CompareInput = RivalsInput & OwnInput;

/** What there will be figures of. */
export function playedNames({ families, plugins }: Pick<RivalsInput, 'families' | 'plugins'>): string[] {
  return [PRESCALE, REACTIVE, ...families.flatMap(familyPolicies), ...plugins.map(({ name }) => name)];
}

/** One after the other, in one thread. */
export function compare(input: CompareInput): Comparison {
  const rivals = playRivals({ ...input, hooks: {} });
  const own = beginOwn(input);
  own.playUntil(input.world.path.steps);
  return comparisonOf(input, [...own.scored(), ...rivals]);
}

/** What needs no forecast: the baselines with all their settings, and the plug-ins. */
export function playRivals({ world, families, plugins, hooks }: RivalsInput): readonly Scored[] {
  const { swept, constant } = baselinesFrom(world, families, playBaselines(world, families, hooks));
  return [...swept, ...playPlugins(world, plugins), ...constant];
}

/** Of each family the best setting in hindsight is reported, of `hpa` also two others. */
export function comparisonOf(
  { world, families }: Pick<RivalsInput, 'world' | 'families'>,
  all: readonly Scored[],
): Comparison {
  const floorRatio = lateByService(world);
  return {
    policies: reported(all, world),
    floorRatio,
    frontiers: new Map(
      families.map((family) => [
        family,
        frontierOf(all.filter((one) => isOf(one, family)).map((one) => pointOf(one.score, floorRatio))),
      ]),
    ),
  };
}

/** `static` is one of the oracle's: the same constant, known in advance. */
function isOf({ family }: Candidate, asked: FamilyName): boolean {
  return family === asked || (asked === 'oracle' && family === 'static');
}

export function pointOf(score: Result['score'], floorRatio: number): FrontierPoint {
  return {
    excessRatio: excessFrom(score.sloViolationRatio, floorRatio),
    replicaHours: score.replicaHours,
  };
}

function lateByService({ model, policy }: ReplayWorld): number {
  return dispatchedQueues(model).lateByService(1, policy.slo.responseSeconds);
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
