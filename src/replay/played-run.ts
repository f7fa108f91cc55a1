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
  /** As many warm ones as the ready ones do the work of. */
  readonly servingReplicas: number;
  readonly paidReplicas: number;
  /** At the beginning of the step. */
  readonly waitingRequests: number;
}

export interface PlayedRun {
  readonly autoscaler: ReplayAutoscaler;
  /** What it returns is written over by the next step. */
  readonly play: (step: number) => PlayedStep;
}

export interface PlayedWorld {
  readonly path: LoadPath;
  readonly physics: ReplayPhysics;
  readonly server: Pick<StepServer, 'serve'>;
  /** Ready when the replay begins. */
  readonly startReplicas: number;
}

export function createPlayedRun(autoscaler: ReplayAutoscaler, world: PlayedWorld): PlayedRun {
  const { path, physics, server } = world;
  let cluster = createSimulatedCluster(physics, world.startReplicas);
  let hasBegun = false;
  const lagSteps = Math.max(1, Math.round(physics.metricLagSeconds / physics.stepSeconds));
  const samples = createSampleRing(lagSteps + KEPT_SAMPLES);
  // One view and one record for all steps: there are millions of them.
  const played: Changing<PlayedStep> = {
    step: 0,
    desiredReplicas: 0,
    readyReplicas: 0,
    servingReplicas: 0,
    paidReplicas: 0,
    waitingRequests: 0,
    backlogRequests: 0,
    lateRatio: 0,
    utilizationRatio: 0,
  };
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
      const rateRps = path.rateAt(step);
      const servingReplicas = cluster.servingReplicas(step);
      const served = server.serve(rateRps, servingReplicas, played.backlogRequests);
      played.step = step;
      played.desiredReplicas = desiredReplicas;
      played.readyReplicas = readyReplicas;
      played.servingReplicas = servingReplicas;
      played.paidReplicas = cluster.paidReplicas();
      played.waitingRequests = played.backlogRequests;
      played.backlogRequests = served.backlogRequests;
      played.lateRatio = served.lateRatio;
      played.utilizationRatio = served.utilizationRatio;
      samples.add(step, rateRps, played);
      return played;
    },
  };
}

type Changing<T> = { -readonly [Key in keyof T]: T[Key] };

interface SampleRing {
  readonly add: (step: number, rateRps: number, served: PlayedStep) => void;
  readonly at: (step: number) => ReplaySample | undefined;
}

/** Whether a place still holds the step that is asked for is seen by its number. */
function createSampleRing(length: number): SampleRing {
  const steps = new Int32Array(length).fill(-1);
  const kept = Array.from({ length }, (): Changing<ReplaySample> => ({
    rateRps: 0,
    utilizationRatio: 0,
    readyReplicas: 0,
  }));
  return {
    add: (step, rateRps, { utilizationRatio, readyReplicas }) => {
      const place = step % length;
      steps[place] = step;
      kept[place].rateRps = rateRps;
      kept[place].utilizationRatio = utilizationRatio;
      kept[place].readyReplicas = readyReplicas;
    },
    at: (step) => (step >= 0 && steps[step % length] === step ? kept[step % length] : undefined),
  };
}
