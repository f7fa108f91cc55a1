import { createApp } from '../../src/api/app.ts';
import { tokenGate } from '../../src/api/auth/token-gate.ts';
import { createDecisionFeed } from '../../src/api/decision-feed.ts';
import type { DecisionFeed } from '../../src/api/ports.ts';
import { startServer, type ApiServer } from '../../src/api/server.ts';
import { THIS_THREAD } from '../../src/api/this-thread.ts';
import type { ThreadTime } from '../../src/api/turns.ts';
import { readerOfMemory } from '../../src/cli/run/keep-history.ts';
import { createDecisionRing, type DecisionRing } from '../../src/control/decision-ring.ts';
import type { StoredDecision } from '../../src/control/decision-store.ts';
import { decideWhatIf } from '../../src/control/what-if.ts';
import { decide } from '../../src/decide.ts';
import type { Decision, DecisionMemory } from '../../src/domain/decision.ts';
import type { Forecast } from '../../src/domain/forecast.ts';
import { QUANTILE_LEVELS } from '../../src/domain/forecast.ts';
import { workloadKey } from '../../src/domain/workload.ts';
import type { PlannedEvent, Policy } from '../../src/policy/policy.ts';
import { createMemoryArchive } from '../../src/history/trend/memory-archive.ts';
import { recordTrend, type Trend } from '../../src/history/trend/record-trend.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { NO_FORECAST } from '../builders/forecast.ts';
import { aPolicy } from '../builders/policy.ts';
import { anObservation, NOW_MS } from '../builders/observation.ts';
import { IDLE_THREAD } from '../builders/thread.ts';
import { lastValueForecaster } from '../unit/control/fleet-under-test.ts';

const STEP_SECONDS = 60;
const HORIZON_STEPS = 15;
const FIRST_TICKS = 120;
const SALE = { fromMinute: 60, toMinute: 90, multiplier: 1.5 };
/** What is in the way of scripts: it must be shown as the text that it is. */
export const HOSTILE_NAMESPACE = '<img src=x onerror=alert(1)>';

/**
 * The very server, over a fleet whose decisions are made by `decide` of a load that rises and falls: `checkout` with
 * two hours of history and a sale within them; `newborn`, about which no decision was made yet; `unforecast`, of which
 * no model can say anything; the others with one decision each. `tick` decides once more for `checkout`.
 */
export async function serveFleet(workloads: number, thread = THIS_THREAD) {
  const policies = Array.from({ length: workloads }, (_, index) => policyOf(index));
  const ring = createDecisionRing({ perWorkload: 1000, total: 1_000_000 });
  const checkout = createWorkload(policies[0], 1);
  const trend = recordTrend(createMemoryArchive(10_000));
  const append = (stored: StoredDecision): void => {
    ring.append([stored]);
    trend.append([stored]);
  };
  for (let tick = 0; tick < FIRST_TICKS; tick += 1) append(checkout.tick());
  policies.slice(1).forEach((policy, index) => {
    const { name } = policy.workload;
    if (name === 'newborn') return;
    ring.append([createWorkload(policy, 0.1 + index / 500, name !== 'unforecast').tick()]);
  });
  const served = createServed(() => policies, ring, { thread, trend });
  await served.comeBack();
  return {
    ...served,
    tick(): Decision {
      const stored = checkout.tick();
      append(stored);
      served.publish(stored);
      return stored.decision;
    },
  };
}

/** A controller that has nothing to look after; with a token, for those alone who bring it. */
export async function serveEmptyFleet(token?: string) {
  const trend = recordTrend(createMemoryArchive(1));
  const ring = createDecisionRing({ perWorkload: 1, total: 1 });
  const served = createServed(() => [], ring, { thread: IDLE_THREAD, trend }, token);
  await served.comeBack();
  return served;
}

/** A server that goes away and comes back at the same address, as another process of the controller would. */
function createServed(
  policies: () => readonly Policy[],
  ring: DecisionRing,
  { thread, trend }: { readonly thread: ThreadTime; readonly trend: Trend },
  token?: string,
) {
  const errors: unknown[] = [];
  const forecaster = lastValueForecaster();
  let starts = 0;
  let port = 0;
  let running: { feed: DecisionFeed; server: ApiServer };
  const appOf = (feed: DecisionFeed) =>
    createApp({
      version: '0.0.0',
      thread,
      ...(token !== undefined && { gate: tokenGate((brought) => Promise.resolve(brought === token)) }),
      fleet: {
        policies,
        policy: (workload) => policies().find((one) => workloadKey(one.workload) === workloadKey(workload)),
        list: (workload, options) => ring.list(workload, options),
        get: (workload, id) => ring.get(workload, id),
        ledger: () => undefined,
      },
      history: readerOfMemory(ring),
      trend,
      feed,
      metrics: createMetrics().registry,
      notReadyBecause: () => null,
      whatIf: (question) => decideWhatIf(forecaster, question),
      onInternalError: (error) => void errors.push(error),
    });
  return {
    errors,
    url: () => running.server.url,
    listeners: () => running.feed.listeners(),
    publish: (stored: StoredDecision) => running.feed.publish([stored]),
    async comeBack() {
      starts += 1;
      const feed = createDecisionFeed({ startedAtMs: starts, keptEvents: 1000 });
      const server = await startServer(appOf(feed), { host: '127.0.0.1', port });
      port = Number(new URL(server.url).port);
      running = { feed, server };
    },
    async goAway() {
      running.feed.close();
      await running.server.close(0);
    },
  };
}

const FIRST_NAMES = ['checkout', undefined, 'newborn', undefined, 'unforecast'];

function policyOf(index: number): Policy {
  const name = FIRST_NAMES[index] ?? `service-${String(index).padStart(4, '0')}`;
  const namespace = index === 1 ? HOSTILE_NAMESPACE : index % 2 === 0 ? 'shop' : 'search';
  const sale: PlannedEvent = {
    name: 'sale',
    timing: {
      kind: 'Once',
      startAtMs: NOW_MS + SALE.fromMinute * 60_000,
      endAtMs: NOW_MS + SALE.toMinute * 60_000,
    },
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
function createWorkload(policy: Policy, scale: number, isForecast = true) {
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
      const forecast = isForecast ? forecastFrom(nowMs, minute, scale) : NO_FORECAST;
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
