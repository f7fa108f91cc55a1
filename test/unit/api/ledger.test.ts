import { expect, test } from 'vitest';
import { apiUnderTest, policies } from './app-under-test.ts';

const [policy] = policies;
const path = `/api/v1/autoscalers/${policy.workload.namespace}/${policy.workload.name}/ledger`;
const LEDGER = {
  sinceMs: Date.parse('2026-11-01T00:00:00Z'),
  accountedSeconds: 7200,
  requests: 1000,
  prescale: { replicaSeconds: 7200, lateRequests: 10, violatedSeconds: 0 },
  hpa: { replicaSeconds: 14_400, lateRequests: 4, violatedSeconds: 30 },
};

test('what the controller saved, and what it lost, against the HPA that was not there', async () => {
  const { http } = apiUnderTest(0, { fleet: { ...reader(), ledger: () => LEDGER } });
  const { body, status } = await http.get(path);
  expect(status).toBe(200);
  expect(body).toMatchObject({
    since: '2026-11-01T00:00:00Z',
    prescale: { replicaHours: 2 },
    hpa: { replicaHours: 4, violatedSeconds: 30 },
    saved: { replicaHours: 2, lateRequests: -6, violatedSeconds: 30 },
  });
  const { perReplicaHour, perViolation } = policy.cost;
  expect(body.saved.cost.total).toBeCloseTo(2 * (perReplicaHour ?? 0) - 6 * (perViolation ?? 0), 9);
});

test('nothing accounted yet is zeros since null; a stranger is not found', async () => {
  const { http } = apiUnderTest(0);
  const { body } = await http.get(path);
  expect(body).toMatchObject({ since: null, accountedSeconds: 0, saved: { replicaHours: 0 } });
  expect((await http.get('/api/v1/autoscalers/shop/nobody/ledger')).status).toBe(404);
});

function reader() {
  return {
    policies: () => policies,
    policy: () => policy,
    list: () => [],
    get: () => undefined,
    ledger: () => undefined,
  };
}
