import { setMaxListeners } from 'node:events';
import { createDecisionRing } from '../../../src/control/decision-ring.ts';
import type { StoredDecision } from '../../../src/control/decision-store.ts';
import { ALWAYS, createFleet, type Attendance } from '../../../src/control/fleet.ts';
import { newMember } from '../../../src/control/join-fleet.ts';
import { tick } from '../../../src/control/tick.ts';
import type { TickDeps } from '../../../src/control/tick-deps.ts';
import type { ForecastChain } from '../../../src/forecast/select-forecast.ts';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { seriesEndMs } from '../../../src/domain/time-series.ts';
import type { MetricsSource } from '../../../src/observe/metrics-source.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { aPolicy } from '../../builders/policy.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';

export const START_MS = Date.UTC(2025, 6, 22, 8);
export const MINUTE = 60_000;

/** 400 rps with a slow swing: replicas of the checkout policy (200 rps each) have something to follow. */
export const swing = (startMs: number): number =>
  400 + 300 * Math.sin((2 * Math.PI * (startMs - START_MS)) / (60 * MINUTE));

export function policyNamed(name: string): Policy {
  return aPolicy({ workload: { namespace: 'shop', name }, forecast: { lookbackSeconds: 3600 } });
}

/** Says that all goes on as it is: the last sample, with a spread of ten percent. */
export function lastValueForecaster(): ForecastChain & { readonly calls: string[][] } {
  const calls: string[][] = [];
  return {
    calls,
    forecast(requests) {
      calls.push(requests.map((request) => request.seriesKey));
      return requests.map(({ series, horizonSteps }) => {
        const last = [...series.values].findLast((value) => !Number.isNaN(value));
        if (last === undefined)
          return {
            kind: 'unavailable',
            skipped: [{ model: 'naive', reason: 'TooLittleHistory', message: 'needs 1 sample, has 0' }],
          };
        const row = QUANTILE_LEVELS.map((level) => last * (0.9 + 0.2 * level));
        return {
          kind: 'forecast',
          model: 'naive',
          skipped: [],
          confidenceRatio: 0.9,
          originAtMs: seriesEndMs(series),
          stepSeconds: series.stepSeconds,
          meanRps: Array<number>(horizonSteps).fill(last),
          quantilesRps: Array<number[]>(horizonSteps).fill(row),
        };
      });
    },
  };
}

export interface FleetUnderTest {
  readonly deps: TickDeps;
  readonly logged: { readonly level: string; readonly message: string; readonly fields: object }[];
  /** Ticks at START_MS + `seconds`. */
  readonly tickAt: (seconds: number, signal?: AbortSignal) => Promise<readonly StoredDecision[]>;
}

export interface FleetOptions {
  /** The policy of each name; the checkout policy unless given. */
  readonly policy?: (name: string) => Policy;
  readonly names?: readonly string[];
  readonly source?: MetricsSource | ((name: string) => MetricsSource);
  readonly attendance?: (name: string) => Attendance;
  readonly deps?: Partial<TickDeps>;
}

export function fleetUnderTest(options: FleetOptions = {}): FleetUnderTest {
  const { names = ['a'], attendance = () => ALWAYS, policy: policyOf = policyNamed } = options;
  const shared = createFakeMetricsSource({ value: swing });
  const { source = shared } = options;
  const sourceOf = typeof source === 'function' ? source : () => source;
  const fleet = createFleet();
  for (const name of names) fleet.add(newMember(policyOf(name), sourceOf(name), attendance(name)));
  const logged: { level: string; message: string; fields: object }[] = [];
  const log = (level: string) => (fields: object, message: string) =>
    void logged.push({ level, message, fields });
  const deps: TickDeps = {
    clock: createFakeClock(START_MS),
    fleet,
    forecaster: lastValueForecaster(),
    scaler: createFakeScaler({ startReplicas: 3 }),
    store: createDecisionRing({ perWorkload: 1000, total: 100_000 }),
    metrics: createMetrics(),
    logger: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    tickSeconds: 15,
    observeSeconds: 5,
    forecastSeconds: Infinity,
    ...options.deps,
  };
  return {
    deps,
    logged,
    tickAt: (seconds, signal = neverAborted()) => tick(deps, START_MS + seconds * 1000, signal),
  };
}

export function neverAborted(): AbortSignal {
  const { signal } = new AbortController();
  // As many waits listen as there are workloads; the loop's own signals allow for it too.
  setMaxListeners(0, signal);
  return signal;
}

/** The value of a metric's series, by its labels. */
export async function metricValue(
  { metrics }: TickDeps,
  name: string,
  labels: Record<string, string> = {},
): Promise<number | undefined> {
  const found = (await metrics.registry.getSingleMetric(`prescale_${name}`)?.get())?.values ?? [];
  const wanted = Object.entries(labels);
  return found.find((point) => wanted.every(([key, value]) => point.labels[key] === value))?.value;
}
