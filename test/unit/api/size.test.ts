import { expect, test } from 'vitest';
import { apiUnderTest } from './app-under-test.ts';

const ask = (body: object) => apiUnderTest(0).http.post('/api/v1/size').send(body);
const QUESTION = { arrivalRateRps: 10 / 60, serviceRateRps: 1 / 60, sloSeconds: 20 };

test('the published call-centre case: 10 erlangs, 14 agents', async () => {
  // pyworkforce and ErlangC print C = 0.1741319335950498 for it.
  const { body } = await ask({ ...QUESTION, replicas: 14 }).expect(200);
  expect(body.waitProbability).toBeCloseTo(0.174131933595, 12);
  expect(body).toMatchObject({ replicas: 14, servers: 14, stable: true });
});

test('an unstable count is an answer, with waits that are null', async () => {
  const { body } = await ask({ ...QUESTION, replicas: 9 }).expect(200);
  expect(body).toMatchObject({ stable: false, meanWaitSeconds: null, meanResponseSeconds: null });
});

test('without prices the smallest count that meets the objective; with prices the cheapest', async () => {
  const asked = { arrivalRateRps: 900, serviceRateRps: 25, serversPerReplica: 8, sloSeconds: 0.25 };
  const objective = await ask({ ...asked, objective: 0.99 }).expect(200);
  expect(objective.body.reason).toBe('ObjectiveMet');
  const priced = await ask({ ...asked, replicaCostPerHour: 0.12, violationCost: 0.0004 }).expect(200);
  expect(priced.body).toMatchObject({ reason: 'CostOptimum', costPerHour: { replicas: expect.any(Number) } });
});

const PODS = { arrivalRateRps: 900, serviceRateRps: 25, serversPerReplica: 8, sloSeconds: 0.25, replicas: 5 };

test.each([
  ['who gives up is late, and waits no longer', { patienceSeconds: 0.1 }],
  ['who is shed is late, and does not wait', { queueLimit: 10 }],
])('%s', async (_name, losses) => {
  const patient = await ask(PODS).expect(200);
  const { body } = await ask({ ...PODS, ...losses }).expect(200);
  expect(body.meanWaitSeconds).toBeLessThan(patient.body.meanWaitSeconds);
  expect(body.sloViolationProbability).toBeGreaterThan(0);
});

test('replicas that hinder each other are busier with the same load', async () => {
  const lone = await ask({ ...PODS, replicas: 6 }).expect(200);
  const { body } = await ask({ ...PODS, replicas: 6, contention: 0.02, coherency: 0.001 }).expect(200);
  expect(body.utilizationRatio).toBeGreaterThan(lone.body.utilizationRatio);
});

test.each([
  ['nothing asked', {}, ['arrivalRateRps', 'serviceRateRps', 'sloSeconds']],
  ['a negative rate', { ...QUESTION, arrivalRateRps: -1 }, ['arrivalRateRps']],
  ['a rate as text', { ...QUESTION, serviceRateRps: '25' }, ['serviceRateRps']],
  ['half a replica', { ...QUESTION, replicas: 2.5 }, ['replicas']],
  ['a misspelled field', { ...QUESTION, dispach: 'Random' }, ['dispach']],
  ['an unknown dispatch', { ...QUESTION, dispatch: 'random' }, ['dispatch']],
  ['bounds the wrong way round', { ...QUESTION, minReplicas: 5, maxReplicas: 4 }, ['minReplicas']],
  ['a queue that is shorter than the servers', { ...PODS, queueLimit: 3 }, ['queueLimit']],
  ['variability with losses', { ...PODS, queueLimit: 30, serviceVariability: 2 }, ['arrivalVariability']],
  ['more who wait than there are people', { ...PODS, patienceSeconds: 1e11 }, ['patienceSeconds']],
  ['contention of more than everything', { ...PODS, contention: 1.5 }, ['contention']],
  ['half of the prices', { ...QUESTION, violationCost: 1 }, ['violationCost']],
  [
    'more servers than anyone has',
    { ...QUESTION, arrivalRateRps: 1e9, serviceRateRps: 1e-3 },
    ['arrivalRateRps'],
  ],
])('422: %s', async (_name, body, paths) => {
  const response = await ask(body).expect(422);
  expect(response.body.problems).toHaveLength(paths.length);
  expect(response.body.problems).toMatchObject(paths.map((path) => ({ path })));
});

test('the largest question that is taken is answered within a second', async () => {
  const began = performance.now();
  await ask({
    arrivalRateRps: 999_000,
    serviceRateRps: 1,
    sloSeconds: 5,
    replicaCostPerHour: 1e-9,
    violationCost: 1e9,
  }).expect(200);
  expect(performance.now() - began).toBeLessThan(1000);
});
