/**
 * What HPA would have asked for, tick by tick beside the running controller, and what both would have come to. Each has
 * a simulated cluster of its own that carries out what it asks for: the controller may only recommend, and HPA's next
 * wish depends on its last one. Nothing is simulated but replicas and queues: load and start-up time are the real ones.
 */
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Observation } from '../domain/observation.ts';
import type { Policy } from '../policy/policy.ts';
import { serviceModelFrom } from '../size/service-model.ts';
import type { ReplayAutoscaler, ReplayView } from './autoscaler.ts';
import { createHpa, HPA_DEFAULT_TARGET } from './baselines/hpa.ts';
import { DEFAULT_SCALE_DOWN_WINDOW_SECONDS, physicsFrom, type ReplayPhysics } from './physics.ts';
import { createShadow, type MeasuredLoad, type Shadow } from './shadow.ts';
import { createStepServer, type ServedStep, type StepServer } from './step-lateness.ts';

export interface Counterfactual {
  /**
   * Once a tick, before the decision: what HPA (autoscaling/v2 defaults, 80 % utilization) asks for. While nothing is
   * measured it keeps what it has; undefined before the first measurement, or where no service rate is known.
   */
  readonly look: (observation: Observation) => number | undefined;
  /** After it: what the controller asks for. */
  readonly decided: (replicas: number) => void;
  /** undefined while nothing has been accounted. */
  readonly ledger: () => Ledger | undefined;
}

/** Rounding is no violation. */
const NO_VIOLATION = 1e-12;

interface Begun {
  readonly sinceMs: number;
  readonly autoscaler: ReplayAutoscaler;
  readonly hpa: Shadow;
  readonly prescale: Shadow;
  step: number;
  accountedSeconds: number;
  requests: number;
}

/** For one workload under one policy; memory does not grow with time. Time that no tick saw is not accounted. */
export function createCounterfactual(policy: Policy, tickSeconds: number): Counterfactual {
  const physics = { ...physicsFrom(policy, tickSeconds), stepSeconds: tickSeconds };
  const serverAt = serverOf(policy, tickSeconds);
  let begun: Begun | undefined;
  return {
    look(observation) {
      const { arrivalRate, serviceRateRps, observedAtMs, currentReplicas } = observation;
      if (arrivalRate.kind !== 'value' || serviceRateRps === null) return begun && paidFor(begun.hpa);
      begun ??= begin(policy, { physics, sinceMs: observedAtMs, replicas: currentReplicas });
      const step = stepAt(begun.sinceMs, observedAtMs, tickSeconds);
      if (step <= begun.step) return paidFor(begun.hpa);
      begun.step = step;
      for (const shadow of [begun.hpa, begun.prescale]) shadow.cluster.begin(step);
      const measuredAt = stepAt(begun.sinceMs, arrivalRate.endsAtMs, tickSeconds);
      const load = { rateRps: arrivalRate.value, step: Math.min(step, measuredAt) - 1, seconds: tickSeconds };
      const served = account(begun, load, serverAt(serviceRateRps));
      const wanted = begun.autoscaler.desire(viewOf(begun, load, served));
      begun.hpa.order(within(wanted, policy), step);
      return paidFor(begun.hpa);
    },
    decided(replicas) {
      begun?.prescale.order(within(replicas, policy), begun.step);
    },
    ledger() {
      if (begun === undefined) return undefined;
      const { sinceMs, accountedSeconds, requests, prescale, hpa } = begun;
      return { sinceMs, accountedSeconds, requests, prescale: prescale.sums, hpa: hpa.sums };
    },
  };
}

/** Made anew where another service rate is learned. */
function serverOf(policy: Policy, tickSeconds: number): (serviceRateRps: number) => StepServer {
  let last: { readonly serviceRateRps: number; readonly server: StepServer } | undefined;
  return (serviceRateRps) => {
    if (last?.serviceRateRps !== serviceRateRps) {
      const model = serviceModelFrom(policy, serviceRateRps);
      last = { serviceRateRps, server: createStepServer(model, policy.slo.responseSeconds, tickSeconds) };
    }
    return last.server;
  };
}

interface Beginning {
  readonly physics: ReplayPhysics;
  readonly sinceMs: number;
  readonly replicas: number;
}

function begin({ slo }: Policy, { physics, sinceMs, replicas }: Beginning): Begun {
  const allowedLateRatio = 1 - slo.objectiveRatio + NO_VIOLATION;
  return {
    sinceMs,
    autoscaler: createHpa('hpa', {
      target: HPA_DEFAULT_TARGET,
      scaleDownWindowSeconds: DEFAULT_SCALE_DOWN_WINDOW_SECONDS,
    }),
    hpa: createShadow(physics, replicas, allowedLateRatio),
    prescale: createShadow(physics, replicas, allowedLateRatio),
    step: -1,
    accountedSeconds: 0,
    requests: 0,
  };
}

function stepAt(sinceMs: number, atMs: number, tickSeconds: number): number {
  return Math.round((atMs - sinceMs) / (tickSeconds * MS_PER_SECOND));
}

/** Both sides; what HPA's side came to is what HPA sees of it. */
function account(begun: Begun, load: MeasuredLoad, server: StepServer): ServedStep {
  begun.accountedSeconds += load.seconds;
  begun.requests += load.rateRps * load.seconds;
  begun.prescale.serve(load, server);
  return begun.hpa.serve(load, server);
}

/** Its time goes by whole ticks, as its replicas do: a tick that comes a moment early is no shorter period. */
function viewOf(
  { sinceMs, step, hpa }: Begun,
  { rateRps, seconds, step: newestStep }: MeasuredLoad,
  { utilizationRatio }: ServedStep,
): ReplayView {
  return {
    step,
    nowMs: sinceMs + step * seconds * MS_PER_SECOND,
    stepSeconds: seconds,
    currentReplicas: paidFor(hpa),
    readyReplicas: hpa.cluster.readyReplicas(),
    newestStep,
    sampleAt: () => ({ rateRps, utilizationRatio, readyReplicas: hpa.readyAt(newestStep) }),
  };
}

/** As HPA counts: ready and starting. */
function paidFor({ cluster }: Shadow): number {
  return cluster.readyReplicas() + cluster.startingReplicas();
}

function within(replicas: number, { minReplicas, maxReplicas }: Policy): number {
  return Math.min(maxReplicas, Math.max(minReplicas, replicas));
}
