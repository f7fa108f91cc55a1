import { expect, test } from 'vitest';
import { NOW_MS } from '../../builders/observation.ts';
import { apiUnderTest } from './app-under-test.ts';

const HISTORY = '/api/v1/autoscalers/shop/checkout/history';

test('a point for each decision, newest first: what was measured, running and forecast for when it would serve', async () => {
  const { body } = await apiUnderTest(3).http.get(HISTORY).expect(200);
  expect((body.items as { id: string }[]).map(({ id }) => id)).toEqual(
    [2, 1, 0].map((i) => String(NOW_MS + i * 15_000)),
  );
  const [newest, before] = body.items;
  expect(newest).toMatchObject({
    at: '2025-07-22T08:00:30Z',
    arrivalRate: { rps: 1000, endsAt: '2025-07-22T08:00:00Z' },
    currentReplicas: 10,
    readyReplicas: 10,
    outcome: 'scale',
    // Asked for at 08:00:30, serving 105 s later: in the slot that ends at 08:03.
    forecast: { model: 'arima', stepSeconds: 60, ahead: { endsAt: '2025-07-22T08:03:00Z' } },
  });
  const { lowerRps, medianRps, upperRps } = newest.forecast.ahead;
  expect(lowerRps).toBeLessThan(medianRps);
  expect(medianRps).toBe(1100);
  expect(upperRps).toBeGreaterThan(medianRps);
  expect(before.forecast).toBeNull();
});

test.each([
  ['limit=0', 'a whole number of 1 to 2000'],
  ['limit=2001', 'a whole number of 1 to 2000'],
  ['limit=x', 'a whole number of 1 to 2000'],
  ['limit=5&limit=6', 'a whole number of 1 to 2000'],
  ['colour=red', 'fields here are limit'],
])('%s is refused: allowed is %s', async (query, allowed) => {
  const { body } = await apiUnderTest(1).http.get(`${HISTORY}?${query}`).expect(422);
  expect(body.problems).toEqual([expect.objectContaining({ allowed })]);
});

test('as many as are asked for; a workload that nobody knows is not found', async () => {
  const { http } = apiUnderTest(5);
  const { body } = await http.get(`${HISTORY}?limit=2`).expect(200);
  expect(body.items).toHaveLength(2);
  expect(body.completeSince).toBe('2025-07-22T08:00:00Z');
  await http.get('/api/v1/autoscalers/shop/nobody/history').expect(404);
});
