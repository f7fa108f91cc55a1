import type { RequestListener } from 'node:http';
import supertest from 'supertest';
import { createApp } from '../../../src/api/app.ts';
import { createDecisionFeed } from '../../../src/api/decision-feed.ts';
import type { ApiDeps } from '../../../src/api/ports.ts';
import type { WhatIfQuestion } from '../../../src/api/what-if.ts';
import { readerOfMemory } from '../../../src/cli/run/keep-history.ts';
import { createDecisionRing } from '../../../src/control/decision-ring.ts';
import { createMemoryArchive } from '../../../src/history/trend/memory-archive.ts';
import { recordTrend } from '../../../src/history/trend/record-trend.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { decide } from '../../../src/decide.ts';
import { workloadKey } from '../../../src/domain/workload.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { anObservation, NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';
import { IDLE_THREAD } from '../../builders/thread.ts';

export const policies: readonly Policy[] = [
  aPolicy(),
  aPolicy({ workload: { namespace: 'shop', name: 'search' } }),
];

/** The API over two policies, with `decisions` decisions 15 s apart for the first of them. */
export function apiUnderTest(decisions: number, overrides: Partial<ApiDeps> = {}, fleet = policies) {
  const ring = createDecisionRing({ perWorkload: 1000, total: 10_000 });
  const trend = recordTrend(createMemoryArchive(1000));
  for (let i = 0; i < decisions; i += 1) {
    ring.append([decided(i)]);
    trend.append([decided(i)]);
  }
  const asked: WhatIfQuestion[] = [];
  const app: RequestListener = createApp({
    version: '1.2.3',
    thread: IDLE_THREAD,
    fleet: {
      policies: () => fleet,
      policy: (workload) => fleet.find((policy) => workloadKey(policy.workload) === workloadKey(workload)),
      list: (workload, options) => ring.list(workload, options),
      get: (workload, id) => ring.get(workload, id),
      ledger: () => undefined,
    },
    feed: createDecisionFeed({ startedAtMs: NOW_MS, keptEvents: 100 }),
    history: readerOfMemory(ring),
    trend,
    metrics: createMetrics().registry,
    notReadyBecause: () => null,
    whatIf: (question) => {
      asked.push(question);
      return decided(0).decision;
    },
    onInternalError: () => undefined,
    ...overrides,
  });
  return { app, http: supertest(app), asked };
}

/** The application itself, for who listens to it. */
export function appUnderTest(decisions: number): RequestListener {
  return apiUnderTest(decisions).app;
}

export function decided(index: number) {
  const nowMs = NOW_MS + index * 15_000;
  const { decision } = decide({
    observation: anObservation({ observedAtMs: nowMs }),
    forecast: index % 2 === 0 ? aForecast([900, 1400, 1100]) : NO_FORECAST,
    policy: policies[0],
    memory: {
      completeSinceMs: 0,
      recommendations: [],
      changes: [],
      served: [],
      backlogRequests: 0,
      backlogAtMs: nowMs - 15_000,
    },
    nowMs,
    tickSeconds: 15,
  });
  const { workload, decidedAtMs } = decision;
  return {
    decision,
    actuation: { workload, decidedAtMs, result: 'dryRun', toReplicas: 12, message: 'x' } as const,
  };
}
