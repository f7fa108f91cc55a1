/** One autoscaler with its own cluster, step by step. */
import { KEPT_SAMPLES, type ReplayAutoscaler, type ReplaySample, type ReplayView } from './autoscaler.ts';
import { stepStartMs, type LoadPath } from './load-path.ts';
import type { ReplayPhysics } from './physics.ts';
import { createSimulatedCluster } from './simulated-cluster.ts';
import type { ServedStep, StepServer } from './step-lateness.ts';

export interface PlayedStep extends ServedStep {
  readonly step: number;
  readonly desiredReplicas: number;
  readonly readyReplicas: number;
  readonly paidReplicas: number;
  /** At the beginning of the step. */
  readonly waitingRequests: number;
}

export interface PlayedRun {
  readonly autoscaler: ReplayAutoscaler;
  readonly play: (step: number) => PlayedStep;
}

export interface PlayedWorld {
  readonly path: LoadPath;
  readonly physics: ReplayPhysics;
  readonly server: StepServer;
  /** Ready when the replay begins. */
  readonly startReplicas: number;
}

export function createPlayedRun(autoscaler: ReplayAutoscaler, world: PlayedWorld): PlayedRun {
  const { path, physics, server } = world;
  let cluster = createSimulatedCluster(physics, world.startReplicas);
  let hasBegun = false;
  const lagSteps = Math.max(1, Math.round(physics.metricLagSeconds / physics.stepSeconds));
  const samples = createSampleRing(lagSteps + KEPT_SAMPLES);
  let backlogRequests = 0;
  // One view for all steps: there are millions of them.
  const view: Changing<ReplayView> = {
    step: 0,
    nowMs: 0,
    stepSeconds: physics.stepSeconds,
    currentReplicas: 0,
    readyReplicas: 0,
    newestStep: 0,
    sampleAt: (asked) => (asked <= view.newestStep ? samples.at(asked) : undefined),
  };
  const look = (step: number): void => {
    view.step = step;
    view.nowMs = stepStartMs(path, step);
    view.readyReplicas = cluster.readyReplicas();
    view.currentReplicas = view.readyReplicas + cluster.startingReplicas();
    view.newestStep = step - lagSteps;
  };
  return {
    autoscaler,
    play(step) {
      cluster.begin(step);
      look(step);
      const wanted = autoscaler.desire(view);
      const desiredReplicas = Math.min(physics.maxReplicas, Math.max(physics.minReplicas, wanted));
      if (!hasBegun && autoscaler.beginsWithItsWish)
        cluster = createSimulatedCluster(physics, desiredReplicas);
      hasBegun = true;
      cluster.order(desiredReplicas, step);
      const readyReplicas = cluster.readyReplicas();
      const rateRps = path.ratesRps[step];
      const waitingRequests = backlogRequests;
      const { lateRatio, utilizationRatio, ...left } = server.serve(rateRps, readyReplicas, backlogRequests);
      ({ backlogRequests } = left);
      samples.add(step, { rateRps, utilizationRatio, readyReplicas });
      const paidReplicas = cluster.paidReplicas();
      const replicas = { desiredReplicas, readyReplicas, paidReplicas };
      return { step, lateRatio, utilizationRatio, backlogRequests, waitingRequests, ...replicas };
    },
  };
}

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

interface SampleRing {
  readonly add: (step: number, sample: ReplaySample) => void;
  readonly at: (step: number) => ReplaySample | undefined;
}

/** Whether a place still holds the step that is asked for is seen by its number. */
function createSampleRing(length: number): SampleRing {
  const steps = new Int32Array(length).fill(-1);
  const kept = new Array<ReplaySample>(length);
  return {
    add: (step, sample) => {
      steps[step % length] = step;
      kept[step % length] = sample;
    },
    at: (step) => (step >= 0 && steps[step % length] === step ? kept[step % length] : undefined),
  };
}
