/** A load that stays as it is, in a real Prometheus, and policies for it. */
import {
  backfill,
  makePrometheusDir,
  startPrometheus,
  type RealPrometheus,
} from '../../integration/prometheus/real-prometheus.ts';

const STEP_SECONDS = 15;
const PAST_SECONDS = 2 * 3600;

/** Requests per second that are the work of six replicas of `BUSY` that never rest; more are needed. */
const RATE_RPS = 1200;

/** Ten times the time that a request takes: replicas are as busy as queueing lets them be. */
const BUSY = { capacity: { serviceRateRps: 25, serversPerReplica: 8 }, responseTime: '250ms' };
/** Five are busy in the mean, about twelve are needed: while nine run nothing waits, and nothing has to be worked off. */
const MOSTLY_IDLE = { capacity: { serviceRateRps: 240, serversPerReplica: 1 }, responseTime: '20ms' };

/** A Prometheus with two hours of the load, and as many hours to come as are asked for. */
export async function startSteadyPrometheus(hoursToCome = 1): Promise<RealPrometheus> {
  const stepMs = STEP_SECONDS * 1000;
  const startAtMs = Math.floor(Date.now() / stepMs) * stepMs - PAST_SECONDS * 1000;
  const slots = (PAST_SECONDS + hoursToCome * 3600) / STEP_SECONDS;
  const values = Float64Array.from(
    { length: slots },
    (_, slot) => RATE_RPS * (1 + 0.02 * Math.sin(slot * 2.4)),
  );
  const dir = await makePrometheusDir();
  const series = { startAtMs, stepSeconds: STEP_SECONDS, values };
  await backfill(dir, [{ metric: 'rps', labels: { app: 'web' }, series }]);
  return startPrometheus(dir);
}

export interface SteadyMore {
  readonly source?: string;
  /** null: to be learned. */
  readonly startupTime?: string | null;
  /** Requests that wait are no use to anybody: as many replicas are needed as make waiting rare, and most are idle. */
  readonly neverWaits?: boolean;
  readonly behavior?: object;
  readonly namespace?: string;
}

/** For the Deployment of the same name, in the namespace shop unless another is given. */
export function steadyPolicy(
  name: string,
  mode: 'Scale' | 'Floor' | 'Recommend',
  more: SteadyMore = {},
): object {
  const { startupTime = '2s', namespace = 'shop', neverWaits = false } = more;
  const { capacity, responseTime } = neverWaits ? MOSTLY_IDLE : BUSY;
  return {
    apiVersion: 'prescale.dev/v1alpha1',
    kind: 'PredictiveAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      mode,
      minReplicas: 1,
      maxReplicas: 30,
      metrics: {
        source: more.source ?? 'default',
        delay: '15s',
        staleAfter: '2m',
        arrivalRate: { query: 'rps{app="web"}' },
      },
      capacity: { ...capacity, ...(startupTime !== null && { startupTime }) },
      slo: { responseTime, objective: 0.99 },
      forecast: {
        horizon: '5m',
        step: '15s',
        lookback: '2h',
        models: ['moving-average'],
        minConfidence: 0.1,
      },
      ...(more.behavior && { behavior: more.behavior }),
    },
  };
}
