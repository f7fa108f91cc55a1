/** One autoscaler with its own cluster, step by step. */
import { MS_PER_SECOND } from '../domain/clock.ts';
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
  const cluster = createSimulatedCluster(physics, world.startReplicas);
  const lagSteps = Math.max(1, Math.round(physics.metricLagSeconds / physics.stepSeconds));
  const samples = createSampleRing(lagSteps + KEPT_SAMPLES);
  let backlogRequests = 0;
  return {
    autoscaler,
    play(step) {
      cluster.begin(step);
      const readyBefore = cluster.readyReplicas();
      const wanted = autoscaler.desire({
        step,
        nowMs: stepStartMs(path, step),
        stepSeconds: physics.stepSeconds,
        currentReplicas: readyBefore + cluster.startingReplicas(),
        readyReplicas: readyBefore,
        newestStep: step - lagSteps,
        sampleAt: (asked) => (asked <= step - lagSteps ? samples.at(asked) : undefined),
      });
      const desiredReplicas = Math.min(physics.maxReplicas, Math.max(physics.minReplicas, wanted));
      cluster.order(desiredReplicas, step);
      const readyReplicas = cluster.readyReplicas();
      const rateRps = path.ratesRps[step];
      const served = server.serve(rateRps, readyReplicas, backlogRequests);
      const waitingRequests = backlogRequests;
      ({ backlogRequests } = served);
      samples.add(step, { rateRps, utilizationRatio: served.utilizationRatio, readyReplicas });
      return {
        ...served,
        step,
        desiredReplicas,
        readyReplicas,
        paidReplicas: cluster.paidReplicas(),
        waitingRequests,
      };
    },
  };
}

interface SampleRing {
  readonly add: (step: number, sample: ReplaySample) => void;
  readonly at: (step: number) => ReplaySample | undefined;
}

function createSampleRing(length: number): SampleRing {
  const kept = new Array<{ readonly step: number; readonly sample: ReplaySample } | undefined>(length);
  return {
    add: (step, sample) => {
      kept[step % length] = { step, sample };
    },
    at: (step) => {
      const found = step < 0 ? undefined : kept[step % length];
      return found?.step === step ? found.sample : undefined;
    },
  };
}

/** The instant of a view's newest sample's end. */
export function newestEndMs({ nowMs, step, newestStep, stepSeconds }: ReplayView): number {
  return nowMs - (step - newestStep - 1) * stepSeconds * MS_PER_SECOND;
}
