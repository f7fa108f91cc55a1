import { createApp } from '../../src/api/app.ts';
import { createDecisionFeed } from '../../src/api/decision-feed.ts';
import { startServer } from '../../src/api/server.ts';
import { createDecisionRing } from '../../src/control/decision-ring.ts';
import { decideWhatIf } from '../../src/control/what-if.ts';
import { decide } from '../../src/decide.ts';
import type { Decision, DecisionMemory } from '../../src/domain/decision.ts';
import type { Forecast } from '../../src/domain/forecast.ts';
import { QUANTILE_LEVELS } from '../../src/domain/forecast.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { aPolicy } from '../builders/policy.ts';
import { anObservation, NOW_MS } from '../builders/observation.ts';
import { lastValueForecaster } from '../unit/control/fleet-under-test.ts';

const STEP_SECONDS = 60;
const HORIZON_STEPS = 15;
const FIRST_TICKS = 120;
const SALE = { fromMinute: 60, toMinute: 90, multiplier: 1.5 };
/** What is in the way of scripts: it must be shown as the text that it is. */
export const HOSTILE_NAMESPACE = '<img src=x onerror=alert(1)>';

/**
 * The very server, over a fleet whose decisions are made by `decide` of a load that rises and falls: `checkout` with
 * two hours of history and an announced sale, the others with one decision each. `tick` decides once more for `checkout`.
 */
export async function serveFleet(workloads: number) {
  const policies = Array.from({ length: workloads }, (_, index) => policyOf(index));
  const ring = createDecisionRing({ perWorkload: 1000, total: 1_000_000 });
  const feed = createDecisionFeed({ startedAtMs: 1, keptEvents: 1000 });
  const forecaster = lastValueForecaster();
  const metrics = createMetrics();
  const errors: unknown[] = [];
  const app = createApp({
    version: '0.0.0',
    monotonicMs: () => performance.now(),
    fleet: {
      policies: () => policies,
      policy: (workload) => policies.find((one) => workloadKey(one.workload) === workloadKey(workload)),
      list: (workload, options) => ring.list(workload, options),
      get: (workload, id) => ring.get(workload, id),
    },
    feed,
    metrics: metrics.registry,
    notReadyBecause: () => null,
    whatIf: (question) => decideWhatIf(forecaster, question),
    onInternalError: (error) => void errors.push(error),
  });
  const checkout = createWorkload(policies[0], 1);
  for (let tick = 0; tick < FIRST_TICKS; tick += 1) ring.append([checkout.tick()]);
  policies
    .slice(1)
    .forEach((policy, index) => ring.append([createWorkload(policy, 0.1 + index / 500).tick()]));
  const server = await startServer(app, { host: '127.0.0.1', port: 0 });
  return {
    url: server.url,
    errors,
    tick(): Decision {
      const stored = checkout.tick();
      ring.append([stored]);
      feed.publish([stored]);
      return stored.decision;
    },
    async close() {
      feed.close();
      await server.close(0);
    },
  };
}

function policyOf(index: number): Policy {
  const name = index === 0 ? 'checkout' : `service-${String(index).padStart(4, '0')}`;
  const namespace = index === 1 ? HOSTILE_NAMESPACE : index % 2 === 0 ? 'shop' : 'search';
  const sale = {
    name: 'sale',
    startAtMs: NOW_MS + SALE.fromMinute * 60_000,
    endAtMs: NOW_MS + SALE.toMinute * 60_000,
    arrivalRateMultiplier: SALE.multiplier,
  };
  return aPolicy({
    workload: { namespace, name },
    mode: index % 3 === 0 ? 'Recommend' : 'Scale',
    calendar: { events: [sale] },
  });
}

function loadRps(minute: number, scale: number): number {
  return expectedRps(minute, scale) + scale * 25 * Math.sin(minute * 2.3);
}

/** What a good model would say: everything but the quick swings. */
function expectedRps(minute: number, scale: number): number {
  const onSale = minute > SALE.fromMinute && minute <= SALE.toMinute;
  return scale * (onSale ? SALE.multiplier : 1) * (900 + 400 * Math.sin(minute / 25));
}

/** A workload whose replicas follow what is asked for at once. */
function createWorkload(policy: Policy, scale: number) {
  let minute = 0;
  let replicas = 10;
  let memory: DecisionMemory = {
    completeSinceMs: 0,
    recommendations: [],
    changes: [],
    served: [],
    backlogRequests: 0,
    backlogAtMs: NOW_MS - 60_000,
  };
  return {
    tick() {
      const nowMs = NOW_MS + minute * 60_000;
      const observation = anObservation({
        workload: policy.workload,
        observedAtMs: nowMs,
        arrivalRate: { kind: 'value', value: loadRps(minute, scale), endsAtMs: nowMs },
        currentReplicas: replicas,
        readyReplicas: replicas,
        startingReplicas: 0,
      });
      const forecast = forecastFrom(nowMs, minute, scale);
      const decided = decide({ observation, forecast, policy, memory, nowMs, tickSeconds: 60 });
      memory = decided.memory;
      minute += 1;
      const { decision } = decided;
      replicas = decision.guards.at(-1)?.afterReplicas ?? replicas;
      const { workload, decidedAtMs } = decision;
      const actuation = {
        workload,
        decidedAtMs,
        result: 'dryRun',
        toReplicas: replicas,
        message: 'not written',
      } as const;
      return { decision, actuation };
    },
  };
}

function forecastFrom(nowMs: number, minute: number, scale: number): Forecast {
  const medians = Array.from({ length: HORIZON_STEPS }, (_, step) => expectedRps(minute + 1 + step, scale));
  return {
    kind: 'forecast',
    model: 'arima',
    skipped: [],
    confidenceRatio: 0.93,
    originAtMs: nowMs,
    stepSeconds: STEP_SECONDS,
    meanRps: medians,
    quantilesRps: medians.map((median, step) =>
      QUANTILE_LEVELS.map((level) => median * (1 + (level - 0.5) * (0.1 + 0.01 * step))),
    ),
  };
}
