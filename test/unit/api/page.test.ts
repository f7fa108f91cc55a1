import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DASHBOARD_FILES } from '../../../src/api/dashboard-files.ts';
import { apiUnderTest } from './app-under-test.ts';

const { http } = apiUnderTest(0);

test('the page may load its own files and nothing else', async () => {
  const { text, headers } = await http
    .get('/')
    .expect(200)
    .expect('Content-Type', /text\/html/);
  expect(headers['content-security-policy']).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self';/,
  );
  expect(headers['content-security-policy']).not.toMatch(/unsafe|https?:|\*/);
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(text).not.toMatch(/<style|style=|<script>| on\w+=|https?:\/\//);
});

test.each([...DASHBOARD_FILES])('%s is served, gzipped where that is taken, and once only', async (file) => {
  const path = `/dashboard/${file}`;
  const first = await http.get(path).set('Accept-Encoding', 'gzip').expect(200);
  expect(first.headers['content-encoding']).toBe('gzip');
  const plain = await http.get(path).set('Accept-Encoding', 'identity').expect(200);
  expect(plain.headers['content-encoding']).toBeUndefined();
  await http.get(path).set('If-None-Match', first.headers['etag']).expect(304);
});

test('every file of the folder is in the list, and every import is of a file that is', () => {
  const own = readdirSync('src/dashboard', { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.\w+$/.test(name),
  );
  const listed = DASHBOARD_FILES.filter((file) => !file.startsWith('vendor/'));
  expect(own.filter((name) => name !== 'index.html').sort()).toEqual([...listed].sort());
  const scripts = own.filter((name) => name.endsWith('.js'));
  for (const script of scripts) {
    const imports = readFileSync(`src/dashboard/${script}`, 'utf8').matchAll(/from '\.\/(.*?)'/g);
    for (const [, imported] of imports) expect(DASHBOARD_FILES).toContain(imported);
  }
});

test('all script together is below 200 kB, gzipped', async () => {
  let bytes = 0;
  for (const file of DASHBOARD_FILES.filter((name) => name.endsWith('.js'))) {
    const { text } = await http.get(`/dashboard/${file}`).expect(200);
    bytes += gzipSync(text, { level: 9 }).length;
  }
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(200_000);
});

test('nothing else of the disk is served', async () => {
  await http.get('/dashboard/../package.json').expect(404);
  await http.get('/dashboard/%2e%2e/%2e%2e/package.json').expect(404);
  await http.get('/dashboard/').expect(404);
});
