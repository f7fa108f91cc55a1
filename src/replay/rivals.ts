/** What the controller is compared with: the baselines with all their settings, and policies of the user's own. */
import type { ReplayAutoscaler } from './autoscaler.ts';
import { createConstant } from './baselines/constant.ts';
import { HPA_DEFAULT_TARGET } from './baselines/hpa.ts';
import { HPA_TOLERANCE_RATIO } from './baselines/replica-calculator.ts';
import { hpaDefaultVariant, hpaVariant, SWEPT_FAMILIES, type FamilyName } from './families.ts';
import type { PlayHooks, ReplayWorld } from './play.ts';
import { neededAt } from './needed-path.ts';
import { playedCandidates, type Candidate, type Result, type Scored } from './played-candidate.ts';
import { capacityRps } from '../size/service-model.ts';
import type { Variant } from './variant.ts';

/** A policy of the user's own. */
export interface Plugin {
  readonly name: string;
  readonly create: () => ReplayAutoscaler;
}

/** Baselines as another thread has played them: plain data. */
export interface PlayedBaselines {
  readonly swept: readonly Result[];
  /** The cheapest constant, where it was asked for. */
  readonly constant: (Result & { readonly replicas: number }) | undefined;
}

/** Needs no forecast. */
export function playBaselines(
  world: ReplayWorld,
  families: readonly FamilyName[],
  hooks?: PlayHooks,
): PlayedBaselines {
  const swept = playedCandidates(world, sweptCandidates(world, families), hooks).map(resultOf);
  return { swept, constant: families.includes('static') ? cheapestConstant(world) : undefined };
}

/** With their names, and able to be played once more: settings are found again only where that is asked for. */
export function baselinesFrom(
  world: ReplayWorld,
  families: readonly FamilyName[],
  { swept, constant }: PlayedBaselines,
): { readonly swept: readonly Scored[]; readonly constant: readonly Scored[] } {
  const candidates = sweptCandidates(world, families);
  return {
    swept: swept.map((result, i) => ({ ...candidates[i], ...result })),
    constant:
      constant === undefined ? [] : [{ ...constantCandidate(constant.replicas), ...resultOf(constant) }],
  };
}

/** Nobody else can play them: they may do what they like. */
export function playPlugins(world: ReplayWorld, plugins: readonly Plugin[]): readonly Scored[] {
  return playedCandidates(
    world,
    plugins.map(({ name, create }) => ({ family: undefined, name, setting: '', create })),
  );
}

function resultOf({ score, days, worstEpisode }: Result): Result {
  return { score, days, worstEpisode };
}

function sweptCandidates(world: ReplayWorld, families: readonly FamilyName[]): Candidate[] {
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

/** The names that a family's settings are reported under. */
export function familyPolicies(family: FamilyName): readonly string[] {
  return family === 'hpa' ? ['hpa', 'hpa-default', 'hpa-tuned'] : [family];
}

function candidateOf(family: FamilyName, name: string, { setting, create }: Variant): Candidate {
  return { family, name, setting, create };
}

/**
 * The utilization at which the objective is met, on the mean load of the part before the scored one, less HPA's
 * tolerance: what somebody sets who knows the SLO, the service and HPA, and no forecast. HPA does nothing up to a tenth
 * above its target; at a target of 92 % it never does, as no utilization is above 100 %.
 */
function targetFromSlo({ model, path, needed, window }: ReplayWorld): number {
  let requests = 0;
  let capacity = 0;
  for (let step = 0; step < Math.max(1, window.fromStep); step += 1) {
    const count = neededAt(needed, step);
    if (count < 0) continue;
    requests += path.rateAt(step);
    capacity += capacityRps(model, count);
  }
  if (!(capacity > 0 && requests > 0)) return HPA_DEFAULT_TARGET.ratio;
  return Math.min(1, requests / capacity) / (1 + HPA_TOLERANCE_RATIO);
}

function constantCandidate(replicas: number): Candidate {
  const create = (): ReplayAutoscaler => createConstant('static', replicas);
  return { family: 'static', name: 'static', setting: `${replicas}`, create };
}

/** The smallest constant that keeps the objective over the scored window, by bisection: lateness falls with the count. */
function cheapestConstant(world: ReplayWorld): PlayedBaselines['constant'] {
  const { physics, policy, needed, window } = world;
  const resultAt = (replicas: number): Result => {
    const [scored] = playedCandidates(world, [constantCandidate(replicas)]);
    return resultOf(scored);
  };
  const most = needed.counts
    .subarray(Math.floor(window.fromStep / needed.stepsPerCount))
    .reduce((a, b) => Math.max(a, b), 1);
  let [low, high] = [physics.minReplicas, Math.max(physics.minReplicas, Math.min(most, physics.maxReplicas))];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (resultAt(middle).score.sloViolationRatio <= 1 - policy.slo.objectiveRatio) high = middle;
    else low = middle + 1;
  }
  return { replicas: low, ...resultAt(low) };
}
