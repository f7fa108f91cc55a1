import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { startFakePrometheus, type FakePrometheus } from '../../../fakes/prometheus.ts';
import { policyText, written } from '../run/recorded-files.ts';

const MINUTE_MS = 60_000;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];

let prometheus: FakePrometheus;
let folder: string;
let policies: string;
let seriesDir: string;
const output = { stdout: '', stderr: '' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prescale-bootstrap-'));
  const startAtMs = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - 7 * 60 * MINUTE_MS;
  const series = { startAtMs, stepSeconds: 60, values: new Float64Array(8 * 60).fill(7) };
  prometheus = await startFakePrometheus(
    Object.fromEntries(NAMES.map((name) => [`sum(${name})`, [{ series }]])),
  );
  const text = [...NAMES, 'silent', 'wrong'].map((name) =>
    policyText(name, { metrics: { arrivalRate: { query: name === 'wrong' ? 'sum(!)' : `sum(${name})` } } }),
  );
  policies = await written(folder, 'policies.yaml', text.join('\n---\n'));
});
afterAll(async () => {
  await prometheus.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  seriesDir = await mkdtemp(join(folder, 'series-'));
  Object.assign(output, { stdout: '', stderr: '' });
  for (const stream of ['stdout', 'stderr'] as const)
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      output[stream] += String(text);
      return true;
    });
  prometheus.received.length = 0;
});
afterEach(() => vi.restoreAllMocks());

const bootstrap = (...more: string[]): Promise<number> =>
  main([
    'bootstrap',
    '--policy',
    policies,
    '--prometheus',
    prometheus.url,
    '--series-dir',
    seriesDir,
    ...more,
  ]);
const askedFor = (): readonly string[] =>
  [...new Set(prometheus.received.map(({ form }) => form['query']))].sort();

describe('prescale bootstrap', () => {
  test('keeps what the sources have, tells what they have not, and asks for nothing twice', async () => {
    expect(await bootstrap()).toBe(0);
    expect(output.stdout).toBe(
      'share 0/1: 8 workloads, 6 read, 1 without samples, 1 with a query that is refused\n',
    );
    expect(output.stderr).toMatch(/^shop\/wrong: .+\n$/);
    expect(await readdir(seriesDir)).toHaveLength(NAMES.length);

    prometheus.received.length = 0;
    output.stdout = '';
    expect(await bootstrap('--json')).toBe(0);
    expect(JSON.parse(output.stdout)).toEqual({
      share: { index: 0, count: 1 },
      workloads: 8,
      known: 6,
      read: [],
      empty: ['shop/silent'],
      refused: [{ workload: 'shop/wrong', message: expect.any(String) as string }],
      failed: [],
    });
    expect(askedFor()).toEqual(['sum(!)', 'sum(silent)']);
  });

  test('in shares reads every workload once', async () => {
    const read: string[] = [];
    for (const index of [0, 1, 2]) {
      output.stdout = '';
      expect(await bootstrap('--share', `${index}/3`, '--json')).toBe(0);
      read.push(...(JSON.parse(output.stdout) as { read: string[] }).read);
    }
    expect(read.sort()).toEqual(NAMES.map((name) => `shop/${name}`));
  });

  test('of another namespace has nothing to do', async () => {
    expect(await bootstrap('--namespace', 'other')).toBe(0);
    expect(output.stdout).toBe('share 0/1: 0 workloads\n');
    expect(prometheus.received).toEqual([]);
  });

  test.each([
    [[], '--prometheus: got none'],
    [
      ['--prometheus', 'http://127.0.0.1:1', '--prometheus-config', 'a.yaml'],
      '--prometheus: got --prometheus-config too',
    ],
    [
      ['--prometheus', 'http://127.0.0.1:1', '--kubeconfig', 'k', '--policy', 'p'],
      '--kubeconfig: got --policy too',
    ],
    [['--prometheus', 'http://127.0.0.1:1', '--share', '4/4'], 'INDEX from 0 to COUNT - 1'],
  ])('with %j is refused', async (flags, message) => {
    expect(await main(['bootstrap', '--series-dir', seriesDir, ...flags])).toBe(2);
    expect(output.stderr).toContain(message);
  });
});
