/** How many requests of a control step are late, by the sizing engine's queueing model with the backlog as a fluid. */
import { dispatchedQueues } from '../size/dispatch.ts';
import { backlogAfter } from '../size/fluid-backlog.ts';
import { capacityRps, type ServiceModel } from '../size/service-model.ts';
import type { DispatchedQueue } from '../size/dispatched-queue.ts';

export interface ServedStep {
  /** Share (0..1) of the step's requests that are answered later than the SLO. */
  readonly lateRatio: number;
  /** Requests that wait at the end of the step. */
  readonly backlogRequests: number;
  /** Work done over work possible, at most 1. */
  readonly utilizationRatio: number;
}

export interface StepServer {
  readonly capacityRps: (replicas: number) => number;
  /** A step at `rateRps` (NaN: nothing arrives) with `replicas` ready and so many requests waiting at its beginning. */
  readonly serve: (rateRps: number, replicas: number, backlogRequests: number) => ServedStep;
}

/** Points of a step at which a backlog's wait is taken. */
const BACKLOG_POINTS = 5;

/**
 * All that are served in one step share the answers, so it is one server for all autoscalers. While a backlog is
 * worked off, a request waits for it (backlog / capacity) before it enters the queue; in overload all are late. Where
 * clients give up or are shed, the queueing model has them lost, and no backlog is carried.
 */
export function createStepServer(model: ServiceModel, sloSeconds: number, stepSeconds: number): StepServer {
  const queues = dispatchedQueues(model);
  const capacity = (replicas: number): number => (replicas > 0 ? capacityRps(model, replicas) : 0);
  let rate = Number.NaN;
  const known = new Map<number, KnownQueue>();
  const queueAt = (rateRps: number, replicas: number): KnownQueue => {
    if (rateRps !== rate) known.clear();
    rate = rateRps;
    const found = known.get(replicas) ?? knownQueue(queues.at(rateRps, replicas), sloSeconds);
    known.set(replicas, found);
    return found;
  };
  const served = (rateRps: number, replicas: number, backlogRequests: number): ServedStep => {
    const servedRps = capacity(replicas);
    const flow = { arrivalRateRps: rateRps >= 0 ? rateRps : 0, capacityRps: servedRps, seconds: stepSeconds };
    const left = model.losses === undefined ? backlogAfter(backlogRequests, flow) : 0;
    if (!(rateRps >= 0)) return { lateRatio: 0, backlogRequests: left, utilizationRatio: 0 };
    const offered = flow.arrivalRateRps + backlogRequests / stepSeconds;
    const utilizationRatio = servedRps > 0 ? Math.min(1, offered / servedRps) : 1;
    const lateRatio =
      replicas === 0 ? 1 : lateShare(queueAt(rateRps, replicas), { flow, backlogRequests, sloSeconds });
    return { lateRatio, backlogRequests: left, utilizationRatio };
  };
  return {
    capacityRps: capacity,
    serve(rateRps, replicas, backlogRequests) {
      if (backlogRequests > 0 || replicas === 0 || !(rateRps >= 0))
        return served(rateRps, replicas, backlogRequests);
      // Without a backlog all autoscalers with so many replicas come to the same.
      const queue = queueAt(rateRps, replicas);
      return (queue.fresh ??= served(rateRps, replicas, 0));
    },
  };
}

interface KnownQueue {
  readonly queue: DispatchedQueue | undefined;
  readonly lateRatio: number;
  /** A step that begins without a backlog; undefined until somebody had one. */
  fresh?: ServedStep;
}

function knownQueue(queue: DispatchedQueue | undefined, sloSeconds: number): KnownQueue {
  return { queue, lateRatio: queue?.responseTail(sloSeconds) ?? 1 };
}

interface Flowing {
  readonly flow: { readonly arrivalRateRps: number; readonly capacityRps: number; readonly seconds: number };
  readonly backlogRequests: number;
  readonly sloSeconds: number;
}

function lateShare({ queue, lateRatio }: KnownQueue, { flow, backlogRequests, sloSeconds }: Flowing): number {
  if (queue === undefined || backlogRequests <= 0) return lateRatio;
  let sum = 0;
  for (let i = 0; i < BACKLOG_POINTS; i += 1) {
    const seconds = (flow.seconds * (i + 0.5)) / BACKLOG_POINTS;
    const waitSeconds = backlogAfter(backlogRequests, { ...flow, seconds }) / flow.capacityRps;
    sum += waitSeconds >= sloSeconds ? 1 : queue.responseTail(sloSeconds - waitSeconds);
  }
  return sum / BACKLOG_POINTS;
}
