/**
 * The replay stage. The very controller (same forecast, size, guard, decide) and baseline autoscalers are played in
 * closed loop and virtual time against a recorded arrival rate: each has a simulated cluster of its own, sees what
 * that cluster shows it with the metrics' delay, and its orders change what it sees next.
 *
 * Time goes in control steps. At the beginning of a step replicas that have started become ready, then the autoscaler
 * looks and orders, then the step's load is served by what is ready. Pure: the same input and seed, the same bytes.
 */
import type { Policy } from '../policy/policy.ts';
import type { WarmUp } from '../size/warm-up.ts';

/** Between recorded rows: `constant` holds the row's mean; `midpoints` is linear from middle to middle of the rows. */
export const INTERPOLATIONS = ['constant', 'midpoints'] as const;
export type Interpolation = (typeof INTERPOLATIONS)[number];

/** The simulated world. */
export interface ReplayPhysics {
  /** Of the control loop and of the simulation; the recording's step is a whole multiple of it. */
  readonly stepSeconds: number;
  /** Age of the beginning of the newest sample that an autoscaler sees; a multiple of the step, at least one. */
  readonly metricLagSeconds: number;
  /** For how long the baselines that have such a window remember their highest recommendation. */
  readonly scaleDownWindowSeconds: number;
  readonly interpolation: Interpolation;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** From the order to ready; paid for. */
  readonly startup: StartupTime;
  /** A replica that is removed is paid for so long after it has stopped taking requests. */
  readonly terminationSeconds: number;
  /** Each ready replica fails so often, and starts again. */
  readonly failuresPerReplicaHour: number;
  /** Each ready replica is evicted so often: it terminates, and another one starts at once in its place. */
  readonly evictionsPerReplicaHour: number;
  /** What a replica that has become ready does at first of what it will do. */
  readonly warmUp: WarmUp;
  readonly seed: number;
}

/** Seconds, each at least 0: one for all replicas, or drawn with equal probability for each. */
export interface StartupTime {
  readonly seconds: readonly number[];
}

/** HPA's downscale stabilization window. */
export const DEFAULT_SCALE_DOWN_WINDOW_SECONDS = 300;
const DEFAULT_STEP_SECONDS = 15;
/** Up to here a row is taken as it is; longer ones would make stairs that no load has. */
const LONGEST_CONSTANT_ROW_SECONDS = 60;

/** What the policy says of the world, for a recording of `rowSeconds`. */
export function physicsFrom(policy: Policy, rowSeconds: number): ReplayPhysics {
  const stepSeconds = rowSeconds % DEFAULT_STEP_SECONDS === 0 ? DEFAULT_STEP_SECONDS : rowSeconds;
  const { delaySeconds } = policy.metrics;
  return {
    stepSeconds,
    metricLagSeconds: Math.max(1, Math.ceil(delaySeconds / stepSeconds)) * stepSeconds,
    scaleDownWindowSeconds: DEFAULT_SCALE_DOWN_WINDOW_SECONDS,
    interpolation: rowSeconds <= LONGEST_CONSTANT_ROW_SECONDS ? 'constant' : 'midpoints',
    minReplicas: policy.minReplicas,
    maxReplicas: policy.maxReplicas,
    startup: { seconds: [policy.capacity.startupSeconds] },
    terminationSeconds: 0,
    failuresPerReplicaHour: 0,
    evictionsPerReplicaHour: 0,
    warmUp: policy.capacity.warmUp,
    seed: 1,
  };
}
