import { expect, test } from 'vitest';
import { apiUnderTest } from './app-under-test.ts';

const TREND = '/api/v1/autoscalers/shop/checkout/history/trend';

test('stretches newest first, with what was least, most, last and the mean', async () => {
  // 15 s apart from 08:00:00 on: 20 of them are five minutes.
  const { body } = await apiUnderTest(50).http.get(`${TREND}?stepSeconds=300`).expect(200);
  expect(body.stepSeconds).toBe(300);
  expect(body.nextBefore).toBeNull();
  expect((body.items as { at: string; decisions: number }[]).map((one) => [one.at, one.decisions])).toEqual([
    ['2025-07-22T08:10:00Z', 10],
    ['2025-07-22T08:05:00Z', 20],
    ['2025-07-22T08:00:00Z', 20],
  ]);
  expect(body.items[2]).toMatchObject({
    endsAt: '2025-07-22T08:05:00Z',
    arrivalRate: { minRps: 1000, maxRps: 1000, lastRps: 1000, meanRps: 1000 },
    currentReplicas: { min: 10, max: 10, last: 10 },
  });
});

test('an hour at a time unless asked otherwise; page by page without a hole or a repetition', async () => {
  const { http } = apiUnderTest(100);
  const { body: hours } = await http.get(TREND).expect(200);
  expect(hours).toMatchObject({ stepSeconds: 3600, items: [{ at: '2025-07-22T08:00:00Z', decisions: 100 }] });
  const seen: string[] = [];
  let before = '';
  do {
    const { body } = await http.get(`${TREND}?stepSeconds=300&limit=2${before}`).expect(200);
    seen.push(...(body.items as { at: string }[]).map(({ at }) => at));
    before = body.nextBefore === null ? '' : `&before=${encodeURIComponent(body.nextBefore as string)}`;
  } while (before !== '');
  expect(seen).toEqual(['20', '15', '10', '05', '00'].map((minute) => `2025-07-22T08:${minute}:00Z`));
});

test.each([
  'stepSeconds=299',
  'stepSeconds=450',
  'stepSeconds=600',
  'limit=0',
  'limit=2001',
  'before=x',
  'a=b',
])('%s is refused', async (query) => {
  await apiUnderTest(1).http.get(`${TREND}?${query}`).expect(422);
});

test('none where nothing was decided; none of a workload that nobody knows', async () => {
  const { http } = apiUnderTest(1);
  const { body } = await http.get('/api/v1/autoscalers/shop/search/history/trend').expect(200);
  expect(body.items).toEqual([]);
  await http.get('/api/v1/autoscalers/shop/nobody/history/trend').expect(404);
});
