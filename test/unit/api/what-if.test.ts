import { describe, expect, test } from 'vitest';
import { decideWhatIf } from '../../../src/control/what-if.ts';
import { GUARD_NAMES } from '../../../src/domain/decision.ts';
import type { DecisionBody } from '../../../src/explain/to-json.ts';
import { lastValueForecaster } from '../control/fleet-under-test.ts';
import { apiUnderTest } from './app-under-test.ts';

const DOCUMENT = {
  apiVersion: 'prescale.dev/v1alpha1',
  kind: 'PredictiveAutoscaler',
  metadata: { namespace: 'shop', name: 'checkout' },
  spec: {
    scaleTargetRef: { name: 'checkout' },
    minReplicas: 2,
    maxReplicas: 60,
    metrics: { arrivalRate: { query: 'up' } },
    capacity: { serviceRateRps: 25, serversPerReplica: 8, startupTime: '90s', dispatch: 'LeastRequests' },
    slo: { responseTime: '250ms', objective: 0.99 },
    forecast: { models: ['moving-average'] },
  },
};

const forecaster = lastValueForecaster();
const api = (decisions = 0) =>
  apiUnderTest(decisions, { whatIf: (question) => decideWhatIf(forecaster, question) }).http;

const samples = (rps: (number | null)[], more: object = {}) => ({
  policy: DOCUMENT,
  observations: {
    samples: { startAt: '2025-07-22T08:00:00Z', stepSeconds: 60, rps },
    currentReplicas: 4,
    ...more,
  },
});

async function ask(body: object): Promise<DecisionBody> {
  const response = await api().post('/api/v1/decisions').send(body);
  expect(response.body.problems).toBeUndefined();
  expect(response.status).toBe(200);
  return response.body as DecisionBody;
}

test('samples in, the full Decision out: observed, forecast, sized, guarded', async () => {
  const decision = await ask(samples(Array<number>(30).fill(1800)));
  expect(decision).toMatchObject({
    workload: { namespace: 'shop', name: 'checkout' },
    decidedAt: '2025-07-22T08:30:30Z',
    observed: { arrivalRate: { kind: 'value', value: 1800, endsAt: '2025-07-22T08:30:00Z' } },
    forecast: { kind: 'forecast', originAt: '2025-07-22T08:30:00Z' },
    outcome: { kind: 'scale' },
    actuation: null,
  });
  expect(decision.desiredReplicas).toBeGreaterThan(4);
  expect(decision.guards.map(({ guard }) => guard)).toEqual([...GUARD_NAMES]);
});

test('twice the load never asks for fewer replicas', async () => {
  const once = await ask(samples(Array<number>(30).fill(900)));
  const twice = await ask(samples(Array<number>(30).fill(1800)));
  expect(twice.recommendedReplicas).toBeGreaterThan(once.recommendedReplicas!);
});

test('without a memory nothing is held back that only time would hold back', async () => {
  const decision = await ask(samples(Array<number>(30).fill(100), { currentReplicas: 40 }));
  expect(decision.desiredReplicas).toBeLessThan(10);
});

describe('live metrics beside the samples', () => {
  const rps = Array<number>(30).fill(900);
  const withLive = (live: object, more: object = {}) => {
    const { policy, observations } = samples(rps, more);
    return { policy, observations: { ...observations, samples: { ...observations.samples, live } } };
  };

  test('are taken, with gaps, and so are rollouts: the shipped network reads none of them', async () => {
    const latency = rps.map((_, i) => (i % 3 === 0 ? null : 0.2));
    const asked = withLive({ latency }, { rolloutsAt: ['2025-07-22T08:10:00Z'] });
    expect((await ask(asked)).forecast).toEqual((await ask(samples(rps))).forecast);
  });

  test.each([
    ['of another length', { latency: [0.2] }, 'samples.live.latency', '30, as many as rps has'],
    ['below zero', { errorRatio: rps.map(() => -1) }, 'samples.live.errorRatio[0]', undefined],
    ['of another name', { weather: rps }, 'samples.live.weather', undefined],
  ])('are refused where they are %s', async (_, live, path, allowed) => {
    const { status, body } = await api().post('/api/v1/decisions').send(withLive(live));
    expect([status, body.problems[0].path]).toEqual([422, `observations.${path}`]);
    if (allowed !== undefined) expect(body.problems[0].allowed).toBe(allowed);
  });
});

test('a missing newest sample is not zero load', async () => {
  const decision = await ask(samples([...Array<number>(20).fill(900), null, null, null, null]));
  expect(decision.outcome).toEqual({ kind: 'abstain', reason: 'StaleMetrics' });
});

describe('a policy whose service rate is to be learned', () => {
  const minutes = 30;
  const { serviceRateRps: _given, ...capacity } = DOCUMENT.spec.capacity;
  const metrics = { ...DOCUMENT.spec.metrics, throughput: { query: 'done' }, busySlots: { query: 'busy' } };
  const policy = {
    ...DOCUMENT,
    spec: { ...DOCUMENT.spec, metrics, capacity: { ...capacity, estimate: {} } },
  };
  const served = (more: object) => {
    const { observations } = samples(Array<number>(minutes).fill(1800));
    return { policy, observations: { ...observations, samples: { ...observations.samples, ...more } } };
  };
  const throughputRps = Array.from({ length: minutes }, (_, i) => 1800 + 10 * Math.sin(i));

  test('learns it from the samples', async () => {
    const decision = await ask(served({ throughputRps, busySlots: Array<number>(minutes).fill(72) }));
    expect(decision.observed.learnedRate).toMatchObject({ kind: 'learned', samples: minutes });
    expect(decision.observed.serviceRateRps).toBeCloseTo(25, 0);
    expect(decision.outcome.kind).toBe('scale');
  });

  test('without them says what is missing, and keeps what runs', async () => {
    const decision = await ask(served({ throughputRps }));
    expect(decision.outcome).toEqual({ kind: 'abstain', reason: 'ServiceRateUnknown' });
    expect(decision.guards[0].message).toContain('busySlots');
  });

  test('refuses columns of another length', async () => {
    const response = await api()
      .post('/api/v1/decisions')
      .send(served({ throughputRps, busySlots: [72] }));
    expect(response.status).toBe(422);
    expect(response.body.problems).toEqual([
      { path: 'observations.samples.busySlots', got: '1 values', allowed: '30, as many as rps has' },
    ]);
  });

  test('takes the lower end of a rate that was learned elsewhere', async () => {
    const learnedRate = {
      kind: 'learned',
      rateRps: 25,
      lowerRps: 24,
      upperRps: 26,
      source: 'busySlots',
      samples: 40,
      sinceAt: '2025-07-22T07:00:00Z',
      drop: null,
    };
    const { arrivalRate } = (await ask(samples(Array<number>(minutes).fill(1800)))).observed;
    const observedAt = '2025-07-22T08:30:30Z';
    const decision = await ask({
      policy,
      observations: { observedAt, arrivalRate, currentReplicas: 4, learnedRate },
    });
    expect(decision.observed).toMatchObject({ serviceRateRps: 24, learnedRate });
  });
});

test('nothing but missing samples is an empty answer', async () => {
  const decision = await ask(samples([null, null]));
  expect(decision.outcome).toEqual({ kind: 'abstain', reason: 'EmptyMetrics' });
});

test('a forecast of your own is decided on instead of the models', async () => {
  const row = Array<number>(12).fill(5000);
  const decision = await ask({
    ...samples(Array<number>(30).fill(900), { currentReplicas: 40 }),
    forecast: {
      kind: 'forecast',
      model: 'arima',
      skipped: [],
      confidenceRatio: 0.95,
      originAt: '2025-07-22T08:30:00Z',
      stepSeconds: 60,
      meanRps: Array<number>(10).fill(5000),
      quantilesRps: Array<number[]>(10).fill(row),
    },
  });
  expect(decision.sizing).toMatchObject({ basis: 'forecast', sizedForRps: 5000 });
});

test('what the API printed of a decision can be asked again, and gives the same decision', async () => {
  const printed = (await api(3).get('/api/v1/autoscalers/shop/checkout').expect(200)).body
    .decision as DecisionBody;
  const { observed, forecast, memory, tickSeconds } = printed;
  const again = await ask({ policy: DOCUMENT, observations: observed, forecast, memory, tickSeconds });
  expect(again.observed).toEqual(observed);
  expect(again.forecast).toEqual(forecast);
  expect(again.memory).toEqual(memory);
  expect(again.sizing?.offeredLoadErlangs).toBe(printed.sizing?.offeredLoadErlangs);
});

describe('a dependency with a query', () => {
  const dependencies = [{ name: 'orders-db', limitPerReplica: 10, query: 'free' }];
  const policy = { ...DOCUMENT, spec: { ...DOCUMENT.spec, dependencies } };
  const busy = (more: object) => ({ ...samples(Array<number>(30).fill(1800), more), policy });

  test('holds the count where the question says what it has left', async () => {
    const decision = await ask(busy({ dependencyFree: { 'orders-db': 25 } }));
    expect(decision).toMatchObject({
      desiredReplicas: 6,
      observed: { dependencies: [{ name: 'orders-db', free: { kind: 'value', value: 25 } }] },
      sizing: { dependency: { name: 'orders-db', mostReplicas: 6 } },
      outcome: { kind: 'scale', reason: 'DependencyLimit' },
    });
  });
  test('limits nothing where it does not', async () => {
    const decision = await ask(busy({}));
    expect(decision.desiredReplicas).toBeGreaterThan(6);
    expect(decision.sizing?.dependency).toBeUndefined();
  });
  test('is taken back as a decision prints it', async () => {
    const printed = await ask(busy({ dependencyFree: { 'orders-db': -5 } }));
    const { observed, forecast, memory, tickSeconds } = printed;
    const again = await ask({ policy, observations: observed, forecast, memory, tickSeconds });
    expect(again).toEqual(printed);
  });
  test.each([
    [{ dependencyFree: { 'order-db': 25 } }, 'observations.dependencyFree.order-db', 'orders-db'],
    [{ dependencyFree: { 'orders-db': 'many' } }, 'observations.dependencyFree.orders-db', 'a number'],
  ])('of another name or kind is refused: %j', async (more, path, says) => {
    const { body } = await api().post('/api/v1/decisions').send(busy(more)).expect(422);
    expect(body.problems).toEqual([
      expect.objectContaining({ path, allowed: expect.stringContaining(says) }),
    ]);
  });
});

test('nothing is kept of it', async () => {
  const http = api(0);
  await http
    .post('/api/v1/decisions')
    .send(samples([900]))
    .expect(200);
  const { body } = await http.get('/api/v1/autoscalers/shop/checkout/decisions').expect(200);
  expect(body.items).toEqual([]);
});

const STORM = {
  scenarios: [
    { name: 'storm', probability: 0.1, recovery: '5m', arrivalRateMultiplier: 100, required: true },
  ],
};

const full = (overrides: object) => ({
  policy: DOCUMENT,
  observations: {
    observedAt: '2025-07-22T08:00:00Z',
    arrivalRate: { kind: 'value', value: 900, endsAt: '2025-07-22T08:00:00Z' },
    currentReplicas: 4,
    ...overrides,
  },
});

test.each<[string, object, string]>([
  ['no policy', { observations: {} }, 'policy'],
  [
    'a policy with a wrong field',
    { ...samples([1]), policy: { ...DOCUMENT, kind: 'Deployment' } },
    'policy.kind',
  ],
  ['no observations', { policy: DOCUMENT }, 'observations'],
  [
    'samples without a start',
    { policy: DOCUMENT, observations: { samples: { stepSeconds: 60, rps: [1] }, currentReplicas: 1 } },
    'observations.samples.startAt',
  ],
  ['a negative rate', samples([1, -2]), 'observations.samples.rps[1]'],
  ['no sample at all', samples([]), 'observations.samples.rps'],
  ['replicas as text', samples([1], { currentReplicas: 'four' }), 'observations.currentReplicas'],
  [
    'a measurement of no kind',
    full({ arrivalRate: { kind: 'guess', value: 1 } }),
    'observations.arrivalRate.kind',
  ],
  ['another workload', full({ workload: { namespace: 'x', name: 'y' } }), 'observations.workload'],
  ['a misspelled field', full({ readyReplica: 3 }), 'observations.readyReplica'],
  ['an unknown field beside', { ...full({}), observation: {} }, 'observation'],
  ['more load than anyone has', samples([900, 1e9]), 'observations'],
  [
    'a storm that makes it more than anyone has',
    { ...samples([20_000]), policy: { ...DOCUMENT, spec: { ...DOCUMENT.spec, chaos: STORM } } },
    'observations',
  ],
  ['a backlog that no fleet works off', samples([900], { backlogRequests: 1e12 }), 'observations'],
  [
    'quantiles that fall',
    {
      ...full({}),
      forecast: {
        kind: 'forecast',
        model: 'arima',
        skipped: [],
        confidenceRatio: 1,
        originAt: '2025-07-22T08:00:00Z',
        stepSeconds: 60,
        meanRps: [1],
        quantilesRps: [[12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]],
      },
    },
    'forecast.quantilesRps[0]',
  ],
])('422 names the field: %s', async (_name, body, path) => {
  const response = await api().post('/api/v1/decisions').send(body).expect(422);
  expect(response.body.problems).toMatchObject([{ path }]);
  for (const problem of response.body.problems as { got: string; allowed: string }[]) {
    expect(problem.allowed.length).toBeGreaterThan(2);
    expect(problem.got.length).toBeGreaterThan(0);
  }
});
