import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openTokenFile } from '../../../../src/api/auth/token-file.ts';
import { tokenGate } from '../../../../src/api/auth/token-gate.ts';
import { apiUnderTest } from '../app-under-test.ts';

const TOKEN = 'correct-horse-battery-staple';

function tokenFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  writeFileSync(file, content);
  return file;
}

async function guarded(file: string) {
  return apiUnderTest(1, { gate: tokenGate(await openTokenFile(file)) }).http;
}

test.each([
  '/api/v1/autoscalers',
  '/api/v1/autoscalers/shop/checkout/decisions',
  '/api/v1/stream',
  '/api/none',
])('%s needs the token, and says how to bring it', async (path) => {
  const http = await guarded(tokenFile(`${TOKEN}\n`));
  const { body, headers } = await http
    .get(path)
    .expect(401)
    .expect('content-type', /problem\+json/);
  expect(body).toMatchObject({ status: 401, title: 'Unauthorized' });
  expect(headers['www-authenticate']).toBe('Bearer realm="prescale"');
});

test('with the token it answers, questions too', async () => {
  const http = await guarded(tokenFile(TOKEN));
  await http.get('/api/v1/autoscalers').set('Authorization', `Bearer ${TOKEN}`).expect(200);
  await http.post('/api/v1/size').send({}).expect(401);
  await http.post('/api/v1/size').set('Authorization', `bearer ${TOKEN}`).send({}).expect(422);
});

test.each(['/healthz', '/readyz', '/metrics', '/', '/openapi.json'])('%s needs none', async (path) => {
  await (await guarded(tokenFile(TOKEN))).get(path).expect(200);
});

test.each([
  ['another token', 'Bearer correct-horse-battery-stapler'],
  ['its beginning', 'Bearer correct-horse'],
  ['another scheme', `Basic ${TOKEN}`],
  ['no token', 'Bearer '],
  ['two of them', `Bearer ${TOKEN} ${TOKEN}`],
  ['a vast one', `Bearer ${'x'.repeat(10_000)}`],
])('%s is refused, and not shown', async (_name, header) => {
  const http = await guarded(tokenFile(TOKEN));
  const { text, headers } = await http.get('/api/v1/autoscalers').set('Authorization', header).expect(401);
  expect(headers['www-authenticate']).toContain('error="invalid_token"');
  expect(text).not.toContain('horse');
});

test('a token in the URL is none', async () => {
  const http = await guarded(tokenFile(TOKEN));
  await http.get(`/api/v1/autoscalers?access_token=${TOKEN}`).expect(401);
});

test('a file that changes counts at once; one that goes or is emptied lets nobody in', async () => {
  const file = tokenFile(TOKEN);
  const check = await openTokenFile(file);
  expect(await check(TOKEN)).toBe(true);
  writeFileSync(file, 'another-token-of-some-length');
  expect(await check(TOKEN)).toBe(false);
  expect(await check('another-token-of-some-length')).toBe(true);
  writeFileSync(file, '');
  expect(await check('another-token-of-some-length')).toBe(false);
  expect(await check('')).toBe(false);
  rmSync(file);
  expect(await check('another-token-of-some-length')).toBe(false);
});

test.each([
  ['is empty', ''],
  ['holds a short one', 'short'],
  ['holds several', `${TOKEN}\n${TOKEN}`],
])('a file that %s is refused without showing it', async (_name, content) => {
  const refused = openTokenFile(tokenFile(content));
  await expect(refused).rejects.toThrow(/--api-token-file: got .*allowed: a file with one token/);
  await expect(refused).rejects.not.toThrow(/horse|short\b/);
});

test('a file that is not there is refused', async () => {
  await expect(openTokenFile('/nowhere/token')).rejects.toThrow('/nowhere/token: ENOENT');
});
