/**
 * Who scaled the shop while it was recorded: a reactive operator on CPU, as most shops have. It is no part of the
 * recording (which has no replicas column); latency, requests in flight and utilization tell of it.
 */
import { STARTUP_SECONDS } from './scenario.ts';

export interface ReactiveFleet {
  /** Replicas that serve now. */
  readyReplicas(): number;
  /** Lets `seconds` pass, during which ready replicas used this share (0..1) of their CPU. */
  advance(seconds: number, cpuUtilizationRatio: number): void;
}

const TARGET_CPU_RATIO = 0.6;
const TOLERANCE_RATIO = 0.1;
const SYNC_SECONDS = 15;
const MIN_REPLICAS = 3;
const MAX_REPLICAS = 60;
const SCALE_DOWN_WINDOW_SECONDS = 300;
/** CPU is seen as a moving average over about this long. */
const METRIC_SMOOTHING_SECONDS = 45;

interface Wish {
  readonly atSeconds: number;
  readonly replicas: number;
}

export function createReactiveFleet(readyAtStart: number): ReactiveFleet {
  let nowSeconds = 0;
  let ready = readyAtStart;
  let starting: number[] = [];
  let seenCpuRatio = TARGET_CPU_RATIO;
  let wishes: Wish[] = [];

  /** HPA's rule on the replicas that report, counting those still starting as idle, and its scale-down window. */
  function sync(): void {
    const current = ready + starting.length;
    const usage = (ready * seenCpuRatio) / (TARGET_CPU_RATIO * current);
    const wished = Math.abs(usage - 1) <= TOLERANCE_RATIO ? current : Math.ceil(current * usage);
    const bounded = Math.min(MAX_REPLICAS, Math.max(MIN_REPLICAS, wished));
    wishes = wishes.filter((wish) => wish.atSeconds > nowSeconds - SCALE_DOWN_WINDOW_SECONDS);
    wishes.push({ atSeconds: nowSeconds, replicas: bounded });
    const highest = Math.max(...wishes.map((wish) => wish.replicas));
    scaleTo(bounded > current ? bounded : Math.min(current, highest));
  }

  function scaleTo(replicas: number): void {
    const missing = replicas - ready - starting.length;
    for (let added = 0; added < missing; added += 1) starting.push(nowSeconds + STARTUP_SECONDS);
    if (missing < 0) {
      const cancelled = Math.min(-missing, starting.length);
      starting.splice(starting.length - cancelled, cancelled);
      ready = replicas - starting.length;
    }
  }

  return {
    readyReplicas: () => ready,
    advance(seconds, cpuUtilizationRatio) {
      nowSeconds += seconds;
      const started = starting.filter((atSeconds) => atSeconds <= nowSeconds).length;
      ready += started;
      starting = starting.slice(started);
      seenCpuRatio +=
        (cpuUtilizationRatio - seenCpuRatio) * (1 - Math.exp(-seconds / METRIC_SMOOTHING_SECONDS));
      if (nowSeconds % SYNC_SECONDS === 0) sync();
    },
  };
}
