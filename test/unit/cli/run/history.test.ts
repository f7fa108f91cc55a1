import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { runCaptured } from './captured-run.ts';
import { csvText, policyText, written } from './recorded-files.ts';

const folder = await mkdtemp(join(tmpdir(), 'prescale-history-'));
afterAll(() => rm(folder, { recursive: true }));

const policy = await written(folder, 'checkout.yaml', policyText('checkout'));
const rows = { startAtMs: Date.UTC(2025, 6, 22, 8), rows: 60, rps: () => 900 };
const recording = await written(folder, 'checkout.csv', csvText(rows));

let output = { stdout: '', stderr: '' };
beforeEach(() => {
  output = { stdout: '', stderr: '' };
});

const prescale = (...args: readonly string[]) =>
  runCaptured(['--policy', policy, '--recording', recording, '--speed', 'max', '--quiet', ...args], output);

/** Plays, asks the API while it serves, and stops it as an operator does. */
async function played<T>(args: readonly string[], ask: (url: string) => Promise<T>): Promise<T> {
  const running = prescale(...args, '--keep-serving');
  await vi.waitFor(() => expect(output.stdout).toContain('goes on until a signal'), { timeout: 60_000 });
  const answer = await ask(/API on (\S+)/.exec(output.stdout)![1]);
  process.emit('SIGTERM', 'SIGTERM');
  expect(await running).toBe(0);
  return answer;
}

const UNTIL = '2025-07-22T08:30:00Z';
const decisions = '/api/v1/autoscalers/shop/checkout/decisions';
const json = async (url: string) => (await asked(url)).json() as Promise<Record<string, never>>;
/** Asked again where the API is busy: on a slow machine it answers 503 to what comes at once. */
const asked = (url: string, headers = {}) =>
  vi.waitFor(
    async () => {
      const answer = await fetch(url, { headers });
      expect(answer.status).toBe(200);
      return answer;
    },
    { timeout: 60_000, interval: 500 },
  );

test('what one run decided, the next one tells: pages, by id, CSV and points', async () => {
  const directory = join(folder, 'kept');
  expect(await prescale('--history-dir', directory, '--to', UNTIL)).toBe(0);
  output.stdout = '';
  const told = await played(['--history-dir', directory, '--from', UNTIL], async (url) => {
    const page = await json(`${url}${decisions}?limit=5&before=${UNTIL}`);
    const items = page['items'] as unknown as { id: string; decidedAt: string }[];
    const csv = await asked(`${url}${decisions}?limit=500`, { accept: 'text/csv' });
    return {
      page,
      items,
      byId: await json(`${url}${decisions}/${items[4].id}`),
      csvLines: (await csv.text()).trimEnd().split('\r\n').length,
    };
  });
  expect(told.items.map(({ decidedAt }) => decidedAt)).toEqual([
    '2025-07-22T08:29:45Z',
    '2025-07-22T08:29:30Z',
    '2025-07-22T08:29:15Z',
    '2025-07-22T08:29:00Z',
    '2025-07-22T08:28:45Z',
  ]);
  expect(told.byId).toEqual(told.items[4]);
  expect(told.page['completeSince']).toBe('2025-07-22T08:01:30Z');
  // Every 15 s from 08:01:30 to 09:00:30, and a header.
  expect(told.csvLines).toBe(59 * 4 + 1 + 1);
});

test('without --history-dir a run knows its own decisions alone', async () => {
  await prescale('--to', UNTIL);
  output.stdout = '';
  const page = await played(['--from', UNTIL], (url) => json(`${url}${decisions}?before=${UNTIL}`));
  expect(page).toEqual({ items: [], nextBefore: null, completeSince: UNTIL });
});

test('a directory that cannot be used costs history, and not one decision', async () => {
  const file = join(folder, 'a-file');
  await writeFile(file, '');
  const told = await played(['--history-dir', file], async (url) => ({
    page: await json(`${url}${decisions}?limit=2`),
    metrics: await (await fetch(`${url}/metrics`)).text(),
  }));
  expect(told.page['items']).toHaveLength(2);
  expect(told.metrics).toMatch(/^prescale_history_lost_decisions_total 237$/m);
  expect(told.metrics).toMatch(/^prescale_history_faults_total\{kind="write"\} 1$/m);
  expect(output.stderr).toMatch(/decision history is incomplete/);
  expect(output.stderr.match(/incomplete/g)).toHaveLength(1);
  expect(output.stdout).toMatch(/decisions +237/);
});

test.each([
  ['a size that is none', ['--history-dir', 'd', '--history-size', '2 gigs'], /--history-size.*500Mi or 2Gi/],
  ['a size too small', ['--history-dir', 'd', '--history-size', '1Mi'], /at least 16Mi/],
  ['a size without a directory', ['--history-size', '2Gi'], /--history-size: got no --history-dir/],
  ['an age without a directory', ['--history-age', '7d'], /--history-age: got no --history-dir/],
])('refuses %s', async (_name, args, message) => {
  expect(await prescale(...args)).toBe(2);
  expect(output.stderr).toMatch(message);
});
