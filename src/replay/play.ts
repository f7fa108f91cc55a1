/** The loop: all autoscalers step by step side by side, so that they share the queueing answers of each step. */
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { ServiceModel } from '../size/service-model.ts';
import type { Policy } from '../policy/policy.ts';
import type { ReplayAutoscaler } from './autoscaler.ts';
import { stepStartMs, type LoadPath } from './load-path.ts';
import { firstNeeded, neededAt, type NeededPath } from './needed-path.ts';
import type { ReplayPhysics } from './physics.ts';
import { createPlayedRun, type PlayedStep } from './played-run.ts';
import { createRunTally, type RunTally, type StepTruth } from './score.ts';
import { createStepServer } from './step-lateness.ts';

export interface ReplayWorld {
  readonly policy: Policy;
  /** What serves the requests in truth. */
  readonly model: ServiceModel;
  readonly physics: ReplayPhysics;
  readonly path: LoadPath;
  /** The smallest count that meets the objective at each step. */
  readonly needed: NeededPath;
  readonly window: ScoredWindow;
}

export interface ScoredWindow {
  /** Autoscalers are played from here on, and scored from `fromStep` on. */
  readonly playFromStep: number;
  readonly fromStep: number;
}

export interface PlayedAutoscaler {
  readonly autoscaler: ReplayAutoscaler;
  readonly tally: RunTally;
}

export interface PlayHooks {
  /** `played` is written over by the next step. */
  readonly onStep?: (name: string, played: PlayedStep, truth: StepTruth) => void;
  readonly onProgress?: (doneRatio: number) => void;
}

const BURN_IN_SECONDS = SECONDS_PER_HOUR;

/** The second half, with an hour before it in which nothing is scored; the first half is for learning. */
export function secondHalf(path: LoadPath): ScoredWindow {
  let fromStep = Math.floor(path.rows.values.length / 2) * path.stepsPerRow;
  while (fromStep < path.steps && Number.isNaN(path.rateAt(fromStep))) fromStep += 1;
  const burnInSteps = Math.round(BURN_IN_SECONDS / path.stepSeconds);
  return { playFromStep: Math.max(0, fromStep - burnInSteps), fromStep };
}

/** Autoscalers side by side, as far as they have been played. */
export interface Play {
  /** Plays the steps before `step` that have not been played. */
  readonly playUntil: (step: number) => void;
  readonly played: readonly PlayedAutoscaler[];
}

/** Each autoscaler begins with what the first known rate needs, ready. */
export function beginPlay(
  world: ReplayWorld,
  autoscalers: readonly ReplayAutoscaler[],
  hooks: PlayHooks = {},
): Play {
  const { policy, model, physics, path, needed, window } = world;
  const server = createStepServer(model, policy.slo.responseSeconds, physics.stepSeconds);
  const startReplicas = firstNeeded(needed, window.playFromStep);
  const runs = autoscalers.map((autoscaler) => ({
    autoscaler,
    run: createPlayedRun(autoscaler, { path, physics, server, startReplicas }),
    tally: createRunTally(policy.slo.objectiveRatio),
  }));
  const { steps } = path;
  let step = window.playFromStep;
  return {
    played: runs,
    playUntil(untilStep) {
      for (; step < Math.min(untilStep, steps); step += 1) {
        const truth = truthAt(world, step);
        for (const { autoscaler, run, tally } of runs) {
          const played = run.play(step);
          hooks.onStep?.(autoscaler.name, played, truth);
          if (step >= window.fromStep && !Number.isNaN(truth.rateRps)) tally.add(played, truth);
        }
        if (step % path.stepsPerRow === 0)
          hooks.onProgress?.((step - window.playFromStep) / (steps - window.playFromStep));
      }
    },
  };
}

/** The whole way. */
export function playAll(
  world: ReplayWorld,
  autoscalers: readonly ReplayAutoscaler[],
  hooks: PlayHooks = {},
): readonly PlayedAutoscaler[] {
  const { played, playUntil } = beginPlay(world, autoscalers, hooks);
  playUntil(world.path.steps);
  return played;
}

function truthAt({ path, needed }: ReplayWorld, step: number): StepTruth {
  return {
    rateRps: path.rateAt(step),
    seconds: path.stepSeconds,
    neededReplicas: Math.max(1, neededAt(needed, step)),
    startMs: stepStartMs(path, step),
  };
}
