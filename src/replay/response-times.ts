/** Response times over a whole run: the mixture of what each step's queue makes of them. */
import { dispatchedQueues } from '../size/dispatch.ts';
import { capacityRps } from '../size/service-model.ts';
import type { ReplayAutoscaler } from './autoscaler.ts';
import { playAll, type ReplayWorld } from './play.ts';

export interface ResponseTimes {
  readonly p50Seconds: number;
  readonly p95Seconds: number;
  readonly p99Seconds: number;
}

/** Steps that are looked at, evenly picked, each weighing as much as has arrived in it. */
const SAMPLED_STEPS = 240;
/** Times at which the distribution is taken, from this share of a mean service time on, each so much longer. */
const SHORTEST_RATIO = 0.05;
const GROWTH = 1.25;
const MOST_TIMES = 90;
const LEAST_TAIL = 0.005;

interface Sampled {
  readonly rateRps: number;
  readonly replicas: number;
  /** What a request waits for before it enters the queue: the backlog over the capacity. */
  readonly waitSeconds: number;
}

/** Between the times the tail is taken to be exponential; undefined where nothing arrived. */
export function responseTimes(world: ReplayWorld, autoscaler: ReplayAutoscaler): ResponseTimes | undefined {
  const sampled = sampledSteps(world, autoscaler);
  if (sampled.length === 0) return undefined;
  const times: number[] = [];
  const tails: number[] = [];
  let seconds = SHORTEST_RATIO / world.model.serviceRateRps;
  for (let i = 0; i < MOST_TIMES && (tails.at(-1) ?? 1) > LEAST_TAIL; i += 1, seconds *= GROWTH) {
    times.push(seconds);
    tails.push(meanTail(world, sampled, seconds));
  }
  const at = (level: number): number => timeAt(times, tails, 1 - level);
  return { p50Seconds: at(0.5), p95Seconds: at(0.95), p99Seconds: at(0.99) };
}

function sampledSteps(world: ReplayWorld, autoscaler: ReplayAutoscaler): Sampled[] {
  const { path, window, model } = world;
  const every = Math.max(1, Math.floor((path.steps - window.fromStep) / SAMPLED_STEPS));
  const sampled: Sampled[] = [];
  playAll(world, [autoscaler], {
    onStep(_name, { step, servingReplicas, waitingRequests }, { rateRps }) {
      if (step < window.fromStep || step % every !== 0 || !(rateRps > 0)) return;
      const servedRps = servingReplicas > 0 ? capacityRps(model, servingReplicas) : 0;
      sampled.push({ rateRps, replicas: servingReplicas, waitSeconds: waitingRequests / servedRps || 0 });
    },
  });
  return sampled;
}

/** P(T > seconds) over all requests. Where there is no steady state: the wait, then the service. */
function meanTail({ model }: ReplayWorld, sampled: readonly Sampled[], seconds: number): number {
  const queues = dispatchedQueues(model);
  let late = 0;
  let total = 0;
  for (const { rateRps, replicas, waitSeconds } of sampled) {
    total += rateRps;
    const left = seconds - waitSeconds;
    if (!(left > 0) || replicas === 0) late += rateRps;
    else
      late +=
        rateRps * (queues.at(rateRps, replicas)?.responseTail(left) ?? queues.lateByService(replicas, left));
  }
  return late / total;
}

function timeAt(times: readonly number[], tails: readonly number[], level: number): number {
  const next = tails.findIndex((tail) => tail <= level);
  if (next < 0) return times[times.length - 1];
  if (next === 0) return times[0];
  const [above, below] = [tails[next - 1], Math.max(tails[next], Number.MIN_VALUE)];
  const share = Math.log(above / level) / Math.log(above / below);
  return times[next - 1] + share * (times[next] - times[next - 1]);
}
