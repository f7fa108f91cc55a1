import { describe, expect, test } from 'vitest';
import { apiUnderTest } from './app-under-test.ts';

const CHECKOUT = '/api/v1/autoscalers/shop/checkout';

describe('decisions as a table for other programs', () => {
  test('one row a decision, newest first, a cell without a value empty', async () => {
    const { text, headers } = await apiUnderTest(3)
      .http.get(`${CHECKOUT}/decisions`)
      .set('Accept', 'text/csv')
      .expect(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    const [header, ...rows] = text.trimEnd().split('\r\n');
    const columns = header.split(',');
    const cells = rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [columns[i], cell])));
    expect(cells.map((row) => row['decided_at'])).toEqual([
      '2025-07-22T08:00:30Z',
      '2025-07-22T08:00:15Z',
      '2025-07-22T08:00:00Z',
    ]);
    expect(cells[0]).toMatchObject({
      namespace: 'shop',
      name: 'checkout',
      current_replicas: '10',
      arrival_rate_rps: '1000',
      measurement: 'value',
      forecast_model: 'arima',
      actuation: 'dryRun',
    });
    // The second had no forecast.
    expect(cells[1]['forecast_model']).toBe('');
    expect(rows.every((row) => row.split(',').length === columns.length)).toBe(true);
  });

  test('no decisions are a header', async () => {
    const { text } = await apiUnderTest(0).http.get(`${CHECKOUT}/decisions`).set('Accept', 'text/csv');
    expect(text).toMatch(/^id,namespace,name,[a-z_,]+\r\n$/);
  });
});

test('a decision as the text that people read', async () => {
  const { http } = apiUnderTest(1);
  const { body } = await http.get(`${CHECKOUT}/decisions`).expect(200);
  const answer = await http.get(`${CHECKOUT}/decisions/${body.items[0].id}`).set('Accept', 'text/plain');
  expect(answer.headers['content-type']).toContain('text/plain');
  expect(answer.text).toContain('\n  outcome ');
});

test('a form that there is not is refused with a problem', async () => {
  const answer = await apiUnderTest(1)
    .http.get(`${CHECKOUT}/decisions`)
    .set('Accept', 'image/png')
    .expect(406);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.body).toMatchObject({ status: 406 });
});

test('what has not changed is not sent again', async () => {
  const { http } = apiUnderTest(2);
  const { headers } = await http.get(`${CHECKOUT}/decisions`).expect(200);
  const again = await http.get(`${CHECKOUT}/decisions`).set('If-None-Match', headers['etag']).expect(304);
  expect(again.text).toBe('');
  await http.get(`${CHECKOUT}/decisions?limit=1`).set('If-None-Match', headers['etag']).expect(200);
});

test('what is long goes gzipped to who takes that, and as it is to who does not', async () => {
  const { http } = apiUnderTest(2);
  const packed = await http.get(`${CHECKOUT}/decisions`).set('Accept-Encoding', 'gzip').expect(200);
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(packed.headers['vary']).toContain('Accept-Encoding');
  const plain = await http.get(`${CHECKOUT}/decisions`).set('Accept-Encoding', 'identity').expect(200);
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(plain.body).toEqual(packed.body);
});
