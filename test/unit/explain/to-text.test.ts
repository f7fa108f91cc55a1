import { expect, test } from 'vitest';
import type { Resilience } from '../../../src/domain/sizing.ts';
import type { LearnedStartup } from '../../../src/domain/startup-time.ts';
import { decisionText } from '../../../src/explain/to-text.ts';
import { aDecision } from '../../builders/decision.ts';
import { aDependency } from '../../builders/dependency.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { aLearnedRate, anObservation, measured, NOW_MS } from '../../builders/observation.ts';
import { aSizedDecision } from '../../builders/sizing.ts';

test('the chain, stage by stage', () => {
  const buffer = { scenario: 'zone-loss', bufferReplicas: 2, costPerHour: 0.24 };
  const resilience: Resilience = {
    ratio: 0.995,
    scenarios: [
      {
        scenario: 'zone-loss',
        cover: 'Required',
        need: { neededReplicas: 16, lostReplicas: 2 },
        isSurvived: true,
      },
      { scenario: 'storm', cover: 'TooDear', isSurvived: false },
    ],
  };
  const decision = aSizedDecision(
    { buffer, resilience, neededReplicas: 16 },
    { forecast: aForecast([380, 390, 400, 370]) },
  );
  const text = decisionText(decision, {
    workload: decision.workload,
    decidedAtMs: NOW_MS,
    result: 'dryRun',
    toReplicas: 18,
    message: 'nothing is written',
  });
  const pass = (guard: string, reason: string) => `${guard.padEnd(16)}  18          ${reason}: as it was`;
  expect(text.split('\n')).toEqual([
    'shop/checkout  2025-07-22T08:00:00Z  12 -> 18 replicas',
    '  observed   1000 rps (0s old), 12 of 12 replicas ready, 25 rps per server',
    '  forecast   arima, confidence 0.93, from load up to 0s ago: median peaks at 400 rps in 2m within 4m',
    '  queueing   16 replicas for 412 rps in 2m30s (forecast); lead time 1m45s; 16.5 erlangs on 18 servers, 91.6 % busy; ' +
      '0.6 % later than 250ms; mean response 56ms; cost per hour 2.48; CostOptimum',
    '  buffer     2 for zone-loss, 0.24 per hour, survives 99.5 % of what may fail; recommended 18 replicas',
    '             zone-loss  Required, needs 16 and loses 2: 18; survived',
    '             storm      TooDear, not held for; not survived',
    `  guards     ${pass('metrics-trust', 'ReadyForNewScale')}`,
    `             ${pass('forecast-trust', 'ReadyForNewScale')}`,
    `             ${pass('implausible-zero', 'ReadyForNewScale')}`,
    `             ${pass('warming-up', 'ReadyForNewScale')}`,
    `             ${pass('rolling-out', 'ReadyForNewScale')}`,
    `             ${pass('tolerance', 'ReadyForNewScale')}`,
    `             ${pass('stabilization', 'ReadyForNewScale')}`,
    `             ${pass('restart-cost', 'ReadyForNewScale')}`,
    `             ${pass('rates', 'DesiredWithinRange')}`,
    `             ${pass('dependency', 'DesiredWithinRange')}`,
    `             ${pass('budget', 'DesiredWithinRange')}`,
    `             ${pass('bounds', 'DesiredWithinRange')}`,
    `             ${pass('pause', 'ReadyForNewScale')}`,
    '  outcome    scale, ReadyForNewScale: Nothing holds the recommendation back.',
    '  actuation  dryRun: nothing is written',
  ]);
});

test('dependencies are told: what they have left, who holds back', () => {
  const text = decisionText(
    aDecision(
      {
        observation: anObservation({
          arrivalRate: measured(2500),
          dependencies: [
            { name: 'orders-db', free: measured(25) },
            { name: 'cache', free: { kind: 'empty' } },
          ],
        }),
        forecast: aForecast(2500),
      },
      { dependencies: [aDependency(), aDependency({ name: 'cache' })] },
    ),
  );
  expect(text).toContain(', orders-db has 25 left, cache is not known (empty)\n');
  expect(text).toMatch(/\n {2}dependency orders-db has room for 12 replicas only, \d\d were asked for\n/);
  expect(text).toMatch(/\n {2}outcome {4}scale, DependencyLimit: A dependency has no room/);
});

test('the plan is told where it changes, and how far it looks', () => {
  const planned = (...counts: readonly number[]) =>
    counts.map((replicas, minute) => ({ atMs: NOW_MS + minute * 60_000, replicas }));
  const text = (...counts: readonly number[]) => decisionText(aSizedDecision({ plan: planned(...counts) }));
  expect(text(16, 16, 20, 20, 15)).toContain('\n  plan       16 now, 20 in 2m, 15 in 4m; planned 4m ahead\n');
  expect(text(16, 16)).toContain('\n  plan       16 now; planned 1m ahead\n');
  expect(decisionText(aSizedDecision())).not.toContain('plan ');
});

test('a learned service rate is told with its interval, its drop and what is sized with', () => {
  const observation = anObservation({ serviceRateRps: 17, learnedRate: aLearnedRate({ rateRps: 17.5 }) });
  expect(decisionText(aDecision({ observation }))).toContain(
    ', 17.5 rps per server, learned from busySlots in 40 slots, 95 % interval 17 to 18, sized with 17; fell from 25 rps 6m ago\n',
  );
  const learnedRate = { kind: 'unknown', message: '3 of the 10 slots that it takes' } as const;
  const unknown = anObservation({ serviceRateRps: null, learnedRate });
  expect(decisionText(aDecision({ observation: unknown }))).toContain(
    ', rate per server not known: 3 of the 10 slots that it takes\n',
  );
});

const LEARNED = { p50Seconds: 21, p95Seconds: 24, samples: 30 };
const LEARNS = { learnsStartup: true } as const;

test.each<[string, LearnedStartup | undefined, object, string]>([
  ['given', undefined, {}, '1m30s, given by the policy\n'],
  ['given, and seen', LEARNED, {}, '1m30s, given by the policy; 30 starts seen: p50 21s, p95 24s\n'],
  ['learned', LEARNED, LEARNS, '24s, learned; 30 starts seen: p50 21s, p95 24s\n'],
  ['assumed', undefined, LEARNS, '2m, assumed: too few replicas have been seen to start\n'],
])('a start-up time that is %s is told with who says so', (_name, learnedStartup, capacity, told) => {
  const observation = anObservation(learnedStartup && { learnedStartup });
  expect(decisionText(aDecision({ observation }, { capacity }))).toContain(`\n  start-up   ${told}`);
});

test('without a measurement it says that nothing was sized', () => {
  const observation = anObservation({
    arrivalRate: { kind: 'stale', value: 420, endsAtMs: NOW_MS - 200_000 },
  });
  const text = decisionText(aDecision({ observation, forecast: NO_FORECAST }));
  expect(text).toContain('\n  observed   stale, 420 rps (3m20s old), 10 of 10 replicas ready');
  expect(text).toContain('\n  queueing   not sized: there is no trusted measurement\n');
  expect(text).toContain(
    '\n  forecast   none; skipped: lstm ArtefactMissing (no trained network is shipped), arima TooLittleHistory (needs 120 samples, has 14)\n',
  );
  expect(text).toMatch(/\n {2}outcome {4}abstain, StaleMetrics: The newest sample is older than staleAfter/);
});

test('what no steady state has is said, not printed as a number', () => {
  expect(decisionText(aSizedDecision({ waitProbability: null, meanResponseSeconds: null }))).toContain(
    'no steady state',
  );
});

test('a step that changed the count shows both counts; the observed line shows what waits and what rolls out', () => {
  const observation = anObservation({
    arrivalRate: measured(400),
    rollingOut: true,
    backlogRequests: 90,
    readyReplicas: 9,
  });
  const text = decisionText(aDecision({ observation, forecast: aForecast(400) }));
  expect(text).toMatch(
    /rolling-out {7}3 -> 10 {5}RollingOut: the target is rolling out; keeps 10 instead of 3/,
  );
  expect(text).toContain('9 of 10 replicas ready, 25 rps per server, 90 requests waiting, rolling out');
});

test('what HPA would have asked for stands beside the outcome, where it was counted', () => {
  const decision = aSizedDecision();
  expect(decisionText(decision)).not.toContain('hpa');
  expect(decisionText({ ...decision, hpaReplicas: 9 })).toContain(
    '\n  hpa        would have asked for 9 replicas from the same measurements\n',
  );
});
