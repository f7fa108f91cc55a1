import { expect, test } from 'vitest';
import { decideWhatIf } from '../../../src/control/what-if.ts';
import { NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';
import { lastValueForecaster } from '../control/fleet-under-test.ts';
import { apiUnderTest } from './app-under-test.ts';

const forecaster = lastValueForecaster();
const { http } = apiUnderTest(3, { whatIf: (question) => decideWhatIf(forecaster, question) });
const CHECKOUT = { namespace: 'shop', name: 'checkout' };

interface Answer {
  readonly policyHash: string;
  readonly recommendedReplicas: number;
  readonly sizing: { readonly sizedForRps: number; readonly leadTimeSeconds: number };
  readonly slo: { readonly responseSeconds: number };
}
async function ask(overrides: object, decision?: string): Promise<Answer> {
  const { body } = await http
    .post('/api/v1/decisions')
    .send({ workload: CHECKOUT, decision, overrides })
    .expect(200);
  return body as Answer;
}

test('with nothing overridden it is the decision that was made', async () => {
  for (const id of [String(NOW_MS), String(NOW_MS + 15_000)]) {
    const { body: stored } = await http.get(`/api/v1/autoscalers/shop/checkout/decisions/${id}`).expect(200);
    const asked = await ask({}, id);
    expect({ ...asked, actuation: null }).toEqual({ ...stored, actuation: null });
  }
});

test('without an id it is about the newest', async () => {
  expect(await ask({})).toMatchObject({ id: String(NOW_MS + 30_000) });
});

test('the load that is sized for goes with the traffic', async () => {
  const [half, once, twice] = [
    await ask({ trafficMultiplier: 0.5 }),
    await ask({}),
    await ask({ trafficMultiplier: 2 }),
  ];
  expect(half.sizing.sizedForRps).toBeCloseTo(0.5 * once.sizing.sizedForRps, 6);
  expect(half.recommendedReplicas).toBeLessThan(once.recommendedReplicas);
  // More than twice: what waits until more replicas are ready is to be served too.
  expect(twice.sizing.sizedForRps).toBeGreaterThanOrEqual(2 * once.sizing.sizedForRps);
  expect(twice.recommendedReplicas).toBeGreaterThan(once.recommendedReplicas);
  expect(twice.policyHash).toBe(once.policyHash);
});

test('the lead time goes with the start-up time; a stricter objective never asks for fewer', async () => {
  const [now, quick, strict] = [
    await ask({}),
    await ask({ startupSeconds: 60 }),
    await ask({ responseSeconds: 0.19 }),
  ];
  expect(quick.sizing.leadTimeSeconds).toBe(now.sizing.leadTimeSeconds - 30);
  expect(strict.slo.responseSeconds).toBe(0.19);
  expect(strict.recommendedReplicas).toBeGreaterThanOrEqual(now.recommendedReplicas);
  expect(new Set([now, quick, strict].map(({ policyHash }) => policyHash)).size).toBe(3);
});

test('a price that is a thousand times as high never buys more', async () => {
  const dear = await ask({ replicaCostPerHour: 1000 });
  expect(dear.recommendedReplicas).toBeLessThanOrEqual((await ask({})).recommendedReplicas);
});

test.each<[string, object, string]>([
  ['negative traffic', { trafficMultiplier: -1 }, 'overrides.trafficMultiplier'],
  ['a response time of zero', { responseSeconds: 0 }, 'overrides.responseSeconds'],
  ['a start-up time beyond the forecast', { startupSeconds: 3600 }, 'overrides.startupSeconds'],
  ['something that cannot be overridden', { minReplicas: 3 }, 'overrides.minReplicas'],
])('%s is refused by name', async (_, overrides, path) => {
  const { body } = await http.post('/api/v1/decisions').send({ workload: CHECKOUT, overrides }).expect(422);
  expect((body as { problems: { path: string }[] }).problems.map((problem) => problem.path)).toContain(path);
});

test('a price is refused where the policy has none', async () => {
  const priceless = aPolicy({ cost: { perReplicaHour: null, perViolation: null, perReplicaStart: 0 } });
  const { http: other } = apiUnderTest(1, {}, [priceless]);
  const { body } = await other
    .post('/api/v1/decisions')
    .send({ workload: CHECKOUT, overrides: { replicaCostPerHour: 1 } })
    .expect(422);
  expect(body).toMatchObject({ problems: [{ allowed: 'nothing: the policy has no prices' }] });
});

test.each<[string, object, number]>([
  ['a workload that nobody knows', { workload: { namespace: 'shop', name: 'nobody' } }, 404],
  ['a workload without a decision', { workload: { namespace: 'shop', name: 'search' } }, 404],
  ['a decision that is not kept', { workload: CHECKOUT, decision: '1' }, 404],
  ['a load that nothing can serve', { workload: CHECKOUT, overrides: { trafficMultiplier: 1000 } }, 422],
  ['half a workload', { workload: { name: 'checkout' } }, 422],
])('%s is refused', async (_, body, status) => {
  await http.post('/api/v1/decisions').send(body).expect(status);
});
