import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { prescale, recordingFolder } from '../evaluate/recorded-day.ts';

const folder = recordingFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const policy = join(folder, 'policy.yaml');
writeFileSync(
  policy,
  `# Ours.
apiVersion: prescale.dev/v1alpha1
kind: PredictiveAutoscaler
metadata: { namespace: shop, name: checkout }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: checkout }
  minReplicas: 1
  maxReplicas: 500
  metrics: { delay: 30s, arrivalRate: { query: 'sum(rate(http_requests_total[1m]))' } }
  capacity: { serviceRateRps: 10, serversPerReplica: 1, startupTime: 90s, dispatch: Central }
  slo: { responseTime: 500ms, objective: 0.99 }
  cost: { replicaHour: 0.12, violation: 0.0004, switching: 0.001, currency: USD }
  forecast: { step: 10m, horizon: 1h, models: [seasonal-naive] } # theirs
  behavior: { scaleDown: { stabilizationWindowSeconds: 3600 } }
`,
);
const physics = join(folder, 'physics.json');
writeFileSync(
  physics,
  JSON.stringify({ stepSeconds: 600, metricLagSeconds: 600, interpolation: 'constant' }),
);
const tune = (...args: string[]) =>
  prescale(
    'tune',
    '--policy',
    policy,
    '--physics',
    physics,
    '--recording',
    join(folder, 'shop.csv'),
    ...args,
  );

interface Side {
  readonly searched: { readonly cost: { readonly total: number } };
  readonly proven: { readonly cost: { readonly total: number } };
}
interface Answer {
  readonly verdict: string;
  readonly choices: readonly { readonly path: string; readonly from: number; readonly to: number }[];
  readonly given: Side;
  readonly tuned: Side;
  readonly written: string | null;
}

test('writes the policy with what it changed and why, and tells the scores of both parts', async () => {
  const out = join(folder, 'tuned.yaml');
  const { exitCode, stdout } = await tune('--out', out, '--json');
  const { verdict, choices, given, tuned, written } = JSON.parse(stdout) as Answer;
  expect([exitCode, verdict, written]).toEqual([0, 'Proven', out]);
  expect(tuned.searched.cost.total).toBeLessThan(given.searched.cost.total);
  expect(tuned.proven.cost.total).toBeLessThan(given.proven.cost.total);
  const text = readFileSync(out, 'utf8');
  for (const kept of ['# Ours.', '# theirs', 'Tuned by prescale tune on shop']) expect(text).toContain(kept);
  for (const { path, to } of choices) expect(text).toMatch(new RegExp(`${path.split('.').at(-1)}: ${to}\\b`));
  expect((await prescale('validate', out)).exitCode).toBe(0);
});

test('for people: each change, both parts, the verdict; without --out nothing is written', async () => {
  const { stdout } = await tune();
  expect(stdout).toContain('as given, searched');
  expect(stdout).toContain('tuned, the rest');
  expect(stdout).toMatch(/verdict: proven/);
  expect(stdout).not.toContain('written to');
});

test.each([
  ['no policy file', ['--policy', join(folder, 'none.yaml')], /no such file/],
  [
    'too short a recording',
    ['--recording', join(folder, 'brief.csv'), '--physics', join(folder, 'none.json')],
    /none\.json/,
  ],
  ['both from standard input', ['--policy', '-', '--recording', '-'], /got - for both/],
])('%s is refused with a sentence and exit 2', async (_, args, message) => {
  const out = join(folder, 'refused.yaml');
  const { exitCode, stderr } = await tune(...args, '--out', out);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
  expect(existsSync(out)).toBe(false);
});
