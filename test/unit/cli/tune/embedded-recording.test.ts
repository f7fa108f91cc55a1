/** The README's example of tuning, on less of the embedded recording: a search whose gain is not there is not written. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { prescale } from '../evaluate/recorded-day.ts';

const folder = mkdtempSync(join(tmpdir(), 'prescale-tune-'));
afterAll(() => rmSync(folder, { recursive: true }));
const [header, ...rows] = gunzipSync(readFileSync('deploy/demo/web-shop.csv.gz'))
  .toString()
  .trim()
  .split('\n');
/** Two days by ten minutes. */
const recording = join(folder, 'web-shop.csv');
writeFileSync(
  recording,
  [header, ...rows.slice(3 * 1440, 5 * 1440).filter((_, row) => row % 10 === 0)].join('\n'),
);
const policy = join(folder, 'checkout.yaml');
writeFileSync(
  policy,
  readFileSync('deploy/demo/checkout.yaml', 'utf8')
    .replace('step: 1m', 'step: 10m')
    .replace('horizon: 15m', 'horizon: 1h')
    .replace('models: [lstm, arima, moving-average]', 'models: [moving-average]'),
);
const physics = join(folder, 'physics.json');
writeFileSync(physics, JSON.stringify({ stepSeconds: 600, metricLagSeconds: 600 }));

interface Side {
  readonly searched: { readonly cost: { readonly total: number } };
  readonly proven: { readonly cost: { readonly total: number } };
}

test('tells both scores, and writes a valid policy where the rest bears the search out and nowhere else', async () => {
  const out = join(folder, 'tuned.yaml');
  const { exitCode, stdout } = await prescale(
    ...['tune', '--policy', policy, '--recording', recording, '--physics', physics, '--out', out, '--json'],
  );
  const { verdict, given, tuned } = JSON.parse(stdout) as {
    readonly verdict: string;
    readonly given: Side;
    readonly tuned: Side;
  };
  expect(tuned.searched.cost.total).toBeLessThan(given.searched.cost.total);
  const isProven = tuned.proven.cost.total < given.proven.cost.total * 0.998;
  expect([verdict, exitCode]).toEqual(isProven ? ['Proven', 0] : ['NotProven', 1]);
  expect(existsSync(out)).toBe(isProven);
  if (isProven) expect((await prescale('validate', out)).exitCode).toBe(0);
});
