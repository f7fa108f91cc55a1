import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { PrescaleError, type Problem } from '../../../src/domain/errors.ts';
import { compilePolicy } from '../../../src/policy/compile-policy.ts';
import { parsePolicy } from '../../../src/policy/parse-policy.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { parsePolicyText } from '../../../src/policy/policy-text.ts';
import { aPolicy } from '../../builders/policy.ts';
import { changed, CHECKOUT_YAML, MINIMAL_YAML } from '../../builders/policy-document.ts';

const checkout: unknown = parse(CHECKOUT_YAML);
const minimal: unknown = parse(MINIMAL_YAML);
const compiled = (document: unknown): Policy => compilePolicy(parsePolicy(document));

test('the documented example compiles to seconds, milliseconds and nulls', () => {
  const { policyHash, ...policy } = compiled(checkout);
  expect(policyHash).toMatch(/^[0-9a-f]{16}$/);
  expect(policy).toEqual({
    workload: { namespace: 'shop', name: 'checkout' },
    target: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
    mode: 'Recommend',
    paused: false,
    minReplicas: 2,
    maxReplicas: 60,
    metrics: {
      source: 'default',
      delaySeconds: 30,
      staleAfterSeconds: 120,
      queries: {
        arrivalRate: 'sum(rate(http_requests_total{app="checkout"}[1m]))',
        cpuUtilization: 'avg(cpu{app="checkout"})',
      },
    },
    capacity: {
      serviceRateRps: 25,
      serversPerReplica: 8,
      startupSeconds: 90,
      dispatch: 'LeastRequests',
      scalability: { contention: 0, coherency: 0 },
      variability: { arrivals: 1, service: 1 },
      warmUp: { durationSeconds: 0, initialRatio: 1 },
      queueLimitRequests: null,
    },
    slo: { responseSeconds: 0.25, objectiveRatio: 0.99, patienceSeconds: null },
    cost: { perReplicaHour: 0.12, perViolation: 0.0004, perReplicaStart: 0.001, currency: 'USD' },
    forecast: {
      horizonSeconds: 900,
      stepSeconds: 60,
      lookbackSeconds: 1_209_600,
      models: ['ensemble', 'lstm', 'arima', 'moving-average'],
      minConfidenceRatio: 0.8,
    },
    calendar: {
      timeZone: 'Europe/Berlin',
      holidayCountry: null,
      events: [
        {
          name: 'sale',
          timing: {
            kind: 'Once',
            startAtMs: Date.UTC(2026, 10, 26, 23),
            endAtMs: Date.UTC(2026, 10, 27, 23),
          },
          arrivalRateMultiplier: 2.5,
        },
      ],
      excludedFromTraining: [],
    },
    chaos: {
      safetyFactor: 1.2,
      availabilityRatio: 0.999,
      replicaDownProbability: 0.01,
      scenarios: [
        {
          name: 'zone-loss',
          probability: 0.01,
          effect: { kind: 'ShareLost', lossRatio: 0.34 },
          userImpactRatio: 0.9,
          recoverySeconds: 600,
          required: false,
          availabilityRatio: null,
        },
      ],
    },
    dependencies: [],
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
        toleranceRatio: 0,
      },
      scaleDown: {
        stabilizationWindowSeconds: 600,
        selectPolicy: 'Max',
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
        toleranceRatio: 0.05,
      },
    },
  });
});

test.each([
  ['a share', { capacityLoss: 0.34 }, { kind: 'ShareLost', lossRatio: 0.34 }],
  ['a zone', { zones: 4 }, { kind: 'ShareLost', lossRatio: 0.25 }],
  [
    "a rolling update with the Deployment's defaults",
    { rollout: {} },
    { kind: 'Rollout', lossRatio: 0.25, leastReplicas: 0 },
  ],
  [
    'a rolling update without surge',
    { rollout: { maxUnavailable: '10%', maxSurge: 0 } },
    { kind: 'Rollout', lossRatio: 0.1, leastReplicas: 1 },
  ],
  [
    'a rolling update of two at a time',
    { rollout: { maxUnavailable: 2, maxSurge: '0%' } },
    { kind: 'ReplicasLost', lostReplicas: 2 },
  ],
  [
    'a rolling update that only surges',
    { rollout: { maxUnavailable: 0, maxSurge: '25%' } },
    { kind: 'ReplicasLost', lostReplicas: 0 },
  ],
  ['a node', { replicasPerNode: 4 }, { kind: 'ReplicasLost', lostReplicas: 4 }],
  ['a retry storm', { arrivalRateMultiplier: 1.5 }, { kind: 'ArrivalRate', multiplier: 1.5 }],
  ['a slow dependency', { serviceRateMultiplier: 0.7 }, { kind: 'ServiceRate', multiplier: 0.7 }],
])('a scenario takes %s', (_name, effect, compiledEffect) => {
  const scenario = { name: 'trouble', probability: 0.01, recovery: '10m', availability: 0.99, ...effect };
  const [only] = compiled(changed(checkout, { 'spec.chaos.scenarios': [scenario] })).chaos.scenarios;
  expect(only).toMatchObject({ effect: compiledEffect, availabilityRatio: 0.99 });
});

test('a dependency has a capacity or a query', () => {
  const dependencies = [
    { name: 'orders-db', limitPerReplica: 10, capacity: 500 },
    { name: 'cache', limitPerReplica: 2, query: 'free' },
  ];
  expect(compiled(changed(checkout, { 'spec.dependencies': dependencies })).dependencies).toEqual([
    { name: 'orders-db', limitPerReplica: 10, capacity: 500, query: null },
    { name: 'cache', limitPerReplica: 2, capacity: null, query: 'free' },
  ]);
});

test('without prices and limits there are nulls, not zeros', () => {
  const policy = compiled(minimal);
  expect(policy.cost).toMatchObject({ perReplicaHour: null, perViolation: null, perReplicaStart: 0 });
  expect(policy.chaos.availabilityRatio).toBeNull();
  expect(policy.metrics.queries).toEqual({ arrivalRate: 'rps' });
});

test.each([
  [0.1, 0.1],
  ['0.1', 0.1],
  ['100m', 0.1],
  ['1e-1', 0.1],
  ['50000u', 0.05],
  ['0', 0],
  [2, 2],
])('tolerance %s is the ratio %s', (tolerance, ratio) => {
  const policy = compiled(changed(checkout, { 'spec.behavior.scaleUp.tolerance': tolerance }));
  expect(policy.behavior.scaleUp.toleranceRatio).toBeCloseTo(ratio, 12);
});

test.each([
  ['true', true],
  ['false', false],
])('the annotation prescale.dev/paused: "%s"', (value, paused) => {
  const document = changed(checkout, { 'metadata.annotations': { 'prescale.dev/paused': value } });
  expect(compiled(document).paused).toBe(paused);
});

test('warm-up compiles to seconds and a share', () => {
  const warmUp = { duration: '5m', initialRatio: 0.4 };
  const { capacity } = compiled(changed(checkout, { 'spec.capacity.warmUp': warmUp }));
  expect(capacity.warmUp).toEqual({ durationSeconds: 300, initialRatio: 0.4 });
});

test.each(['Recommend', 'Scale', 'Floor'])('mode %s compiles', (mode) => {
  expect(compiled(changed(checkout, { 'spec.mode': mode })).mode).toBe(mode);
});

test('the policy of the demo is valid and says the same as the tests, but for its chaos and its zone', () => {
  const [document] = parsePolicyText(readFileSync('deploy/demo/checkout.yaml', 'utf8'));
  const { policyHash: _hash, ...demo } = compilePolicy(document);
  const { policyHash: _other, ...expected } = aPolicy({
    forecast: { models: ['ensemble', 'lstm', 'arima', 'moving-average'] },
    calendar: { timeZone: 'Europe/Berlin' },
  });
  expect({ ...demo, chaos: null, calendar: { ...demo.calendar, events: [] } }).toEqual({
    ...expected,
    chaos: null,
  });
});

test('without a start-up time it is learned, and assumed meanwhile', () => {
  const { capacity } = compiled(changed(checkout, { 'spec.capacity.startupTime': undefined }));
  expect(capacity).toMatchObject({ startupSeconds: 120, learnsStartup: true });
  expect(compiled(checkout).capacity).not.toHaveProperty('learnsStartup');
});

const URL_PROBLEMS: readonly (readonly [string, string, string])[] = [
  ['a Service of another namespace', 'http://warmer.bank.svc/warm', 'a Service of the namespace shop'],
  ['the same with TLS', 'https://kubernetes.default.svc/api', 'a Service of the namespace shop'],
  [
    'the same by its long name',
    'https://kubernetes.default.svc.cluster.local/',
    'a Service of the namespace shop',
  ],
  ['an address', 'https://169.254.169.254/latest/meta-data', 'a host by its name'],
  ['an address in disguise', 'https://2852039166/latest/meta-data', 'a host by its name'],
  ['a name that the search list completes', 'https://localhost:6443/', 'a full host name'],
];

function compileProblems(document: unknown): readonly Problem[] {
  const parsed = parsePolicy(document);
  try {
    compilePolicy(parsed);
  } catch (error) {
    if (error instanceof PrescaleError && error.code === 'invalidInput') return error.problems;
    throw error;
  }
  return [];
}

test.each(URL_PROBLEMS)('a hook of %s is refused', (_name, url, says) => {
  const [problem, ...others] = compileProblems(changed(checkout, { 'spec.hooks': { after: { url } } }));
  expect(others).toEqual([]);
  expect(problem).toMatchObject({ path: 'spec.hooks.after.url', got: JSON.stringify(url) });
  expect(problem.allowed).toContain(says);
});

test('hooks: an https URL, a Service of the own namespace; no decision depends on them', () => {
  const hooks = {
    before: { url: 'https://example.org/warm?all=1', timeout: '3s' },
    after: { url: 'http://warmer.shop.svc:8080/done' },
  };
  const policy = compiled(changed(checkout, { 'spec.hooks': hooks }));
  expect(policy.hooks).toEqual({
    before: { url: 'https://example.org/warm?all=1', timeoutSeconds: 3 },
    after: { url: 'http://warmer.shop.svc:8080/done', timeoutSeconds: 5 },
  });
  expect(policy.policyHash).toBe(compiled(checkout).policyHash);
});

const CALENDAR_FILE = 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261225T100000Z\nEND:VEVENT\nEND:VCALENDAR\n';

test('events by schedule and from a file, and windows that are not to be learnt from, reach the calendar', () => {
  const document = parsePolicy(
    changed(checkout, {
      'spec.events': [
        { name: 'batch', schedule: '0 8 * * MON', duration: '1h', arrivalRateMultiplier: 2 },
        { name: 'launches', icalFile: 'launches.ics', arrivalRateMultiplier: 3 },
      ],
      'metadata.annotations': {
        'prescale.dev/exclude-from-training':
          '2026-11-01T08:00:00Z/2026-11-01T10:00:00+01:00, \n2026-11-02T00:00Z/2026-11-03T00:00Z',
      },
    }),
  );
  const asked: string[] = [];
  const { calendar } = compilePolicy(document, (path) => {
    asked.push(path);
    return CALENDAR_FILE;
  });
  expect(calendar.events).toEqual([
    {
      name: 'batch',
      timing: { kind: 'Cron', schedule: '0 8 * * MON', durationSeconds: 3600 },
      arrivalRateMultiplier: 2,
    },
    { name: 'launches', timing: { kind: 'ICalendar', text: CALENDAR_FILE }, arrivalRateMultiplier: 3 },
  ]);
  expect(asked).toEqual(['launches.ics']);
  expect(calendar.excludedFromTraining).toEqual([
    { startAtMs: Date.UTC(2026, 10, 1, 8), endAtMs: Date.UTC(2026, 10, 1, 9) },
    { startAtMs: Date.UTC(2026, 10, 2), endAtMs: Date.UTC(2026, 10, 3) },
  ]);
});

test.each([
  ['a file that is not there', new Error('is not there'), 'launches.ics, which is not there'],
  ['a file that is something else', 'root:x:0:0:root', 'launches.ics, which is no iCalendar file'],
])('%s is named, and nothing of it is told', (_name, answer, says) => {
  const events = [{ name: 'launches', icalFile: 'launches.ics', arrivalRateMultiplier: 3 }];
  const document = parsePolicy(changed(checkout, { 'spec.events': events }));
  try {
    compilePolicy(document, () => answer);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof PrescaleError)) throw error;
    expect(error.problems.map(({ path }) => path)).toEqual(['spec.events[0].icalFile']);
    expect(error.problems[0].got).toContain(says);
    expect(error.problems[0].got).not.toContain('root');
  }
});

test('where no files are read, as in a cluster, an event from a file is refused', () => {
  const events = [{ name: 'launches', icalFile: 'launches.ics', arrivalRateMultiplier: 3 }];
  const [problem] = compileProblems(changed(checkout, { 'spec.events': events }));
  expect(problem).toMatchObject({ path: 'spec.events[0].icalFile' });
  expect(problem.got).toContain('is not read here');
});

test('everything that is wrong is told at once', () => {
  const [before, after] = URL_PROBLEMS.map(([, url]) => ({ url }));
  const events = [{ name: 'launches', icalFile: 'launches.ics', arrivalRateMultiplier: 3 }];
  const problems = compileProblems(
    changed(checkout, { 'spec.hooks': { before, after }, 'spec.events': events }),
  );
  expect(problems.length).toBe(3);
});

test.each([
  ['several models: their ensemble is asked first', ['arima', 'naive'], ['ensemble', 'arima', 'naive']],
  ['one model alone stays alone', ['arima'], ['arima']],
  ['the ensemble where the policy has put it', ['naive', 'ensemble'], ['naive', 'ensemble']],
])('%s', (_, models, chain) => {
  const policy = compiled(changed(checkout, { 'spec.forecast.models': models }));
  expect(policy.forecast.models).toEqual(chain);
});

test('the class of a workload is there where one is named', () => {
  expect(compiled(checkout).forecast).not.toHaveProperty('workloadClass');
  const policy = compiled(changed(checkout, { 'spec.forecast.class': 'web' }));
  expect(policy.forecast.workloadClass).toBe('web');
});
