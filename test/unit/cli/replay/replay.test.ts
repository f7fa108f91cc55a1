import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { prescale, recordingFolder } from '../evaluate/recorded-day.ts';

const folder = recordingFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const shop = join(folder, 'shop.csv');
const policy = join(folder, 'policy.yaml');
writeFileSync(
  policy,
  `
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
  forecast: { step: 10m, horizon: 1h, models: [moving-average] }
`,
);
/** Long steps: what is tested here does not depend on their length, and they are few. */
const PHYSICS = { stepSeconds: 600, metricLagSeconds: 600, interpolation: 'constant' };
const physicsFile = join(folder, 'physics.json');
writeFileSync(physicsFile, JSON.stringify(PHYSICS));
const common = ['replay', '--policy', policy, '--physics', physicsFile];
const replay = (...args: string[]) =>
  prescale(...common, '--recording', shop, '--baselines', 'hpa,static,oracle', ...args);

interface Score {
  readonly replicaHours: number;
  readonly sloViolationRatio: number;
  readonly cost: { readonly replicas: number; readonly violations: number; readonly total: number };
}
interface Answer {
  readonly recording: string;
  readonly stepSeconds: number;
  readonly policies: Readonly<Record<string, Score>>;
}

describe('prescale replay', () => {
  test('answers in the published shape, the same bytes twice, and an oracle that nobody beats', async () => {
    const { exitCode, stdout } = await replay('--json');
    expect(exitCode).toBe(0);
    const { recording, stepSeconds, policies } = JSON.parse(stdout) as Answer;
    expect([recording, stepSeconds]).toEqual(['shop', 600]);
    const names = ['prescale', 'prescale-reactive', 'hpa-tuned', 'hpa-default', 'hpa', 'oracle', 'static'];
    expect(Object.keys(policies).sort()).toEqual([...names].sort());
    for (const score of Object.values(policies)) {
      for (const field of [
        'meanReplicas',
        'maxReplicas',
        'violatedSeconds',
        'scaleUps',
        'scaleDowns',
        'underProvisionedRatio',
        'overProvisionedRatio',
      ])
        expect(score).toHaveProperty(field, expect.any(Number));
      expect(score.cost.total).toBeCloseTo(score.cost.replicas + score.cost.violations, 9);
      expect(score.cost.replicas).toBeCloseTo(0.12 * score.replicaHours, 9);
    }
    const { oracle, static: constant, 'hpa-tuned': tuned } = policies;
    for (const one of [oracle, constant, tuned]) expect(one.sloViolationRatio).toBeLessThanOrEqual(0.01);
    expect(oracle.replicaHours).toBeLessThan(tuned.replicaHours);
    expect(tuned.replicaHours).toBeLessThan(constant.replicaHours);
    expect((await replay('--json')).stdout).toBe(stdout);
  });

  test('writes a plan that, played as it is, is what was scored', async () => {
    const file = join(folder, 'plan.csv');
    await replay('--plan', file);
    const [header, ...rows] = readFileSync(file, 'utf8').trim().split('\n');
    expect(header).toBe('timestamp,replicas');
    expect(rows.length).toBeGreaterThan(10);
    const instants = rows.map((row) => Date.parse(row.split(',')[0]));
    expect(instants).toEqual([...instants].sort((a, b) => a - b));
    for (const row of rows) expect(Number(row.split(',')[1])).toBeGreaterThanOrEqual(1);
  });

  test('a broken requirement is exit code 1, a kept one 0, and the summary says both', async () => {
    const file = join(folder, 'summary.md');
    const kept = ['--require', 'replicaHours <= static'];
    const broken = ['--require', 'replicaHours <= 0.5*oracle'];
    const both = await replay(...kept, ...broken, '--markdown', file);
    expect(both.exitCode).toBe(1);
    expect(both.stdout).toContain('kept: replicaHours <= static');
    expect(both.stdout).toContain('broken: replicaHours <= 0.5*oracle');
    expect(both.stdout).toMatch(/verdict: (enable|do not enable)/);
    for (const figure of ['too few', 'missing', 'too many', 'spare', 'unstable', 'p50', 'p95', 'p99'])
      expect(both.stdout).toMatch(new RegExp(`^ *policy .*${figure}`, 'm'));
    const markdown = readFileSync(file, 'utf8');
    expect(markdown).toContain('### prescale replay: shop');
    expect(markdown).toContain('- broken: replicaHours <= 0.5*oracle');
    expect(markdown).toMatch(/^\| policy \| too few \| missing \| too many \| spare \| unstable \|$/m);
    expect((await replay(...kept)).exitCode).toBe(0);
  });

  test('writes a page that holds all it needs, and fetches nothing', async () => {
    const file = join(folder, 'page.html');
    expect((await replay('--html', file)).exitCode).toBe(0);
    const page = readFileSync(file, 'utf8');
    expect(page).toContain("default-src 'none'");
    expect(page.match(/\b(?:src|href)=/g) ?? []).toEqual([]);
    expect(page).not.toMatch(/@import|url\(|fetch\(/);
    for (const heading of ['All policies', 'Course', 'What lateness costs', 'The worst minutes', 'Settings'])
      expect(page).toContain(`<h2>${heading}</h2>`);
    expect(page.match(/<li>In time for it, \d{4}-\d\d-\d\dT/g)).toHaveLength(10);
    const [, json] = /<script id="data" type="application\/json">(.*?)<\/script>/s.exec(page)!;
    const data = JSON.parse(json) as Record<'load' | 'replicas' | 'late' | 'fan', unknown[][]>;
    for (const columns of Object.values(data).filter((value) => Array.isArray(value[0])))
      for (const column of columns) expect(column).toHaveLength(columns[0].length);
    expect(data.load[0]).toHaveLength(288);
    expect(data.fan[0].length).toBeGreaterThan(250);
  });

  test('request by request: both figures, in JSON and for people; what is not simulated is refused', async () => {
    const file = join(folder, 'quiet.csv');
    const rows = Array.from(
      { length: 60 },
      (_, i) => `${new Date(Date.UTC(2026, 0, 5) + i * 600_000).toISOString()},${5 + (i % 6)}`,
    );
    writeFileSync(file, ['timestamp,arrival_rate_rps', ...rows, ''].join('\n'));
    const asked = [...common, '--recording', file, '--baselines', 'static', '--requests'];
    const { stdout } = await prescale(...asked, '--json');
    const { policies } = JSON.parse(stdout) as {
      policies: Record<string, Score & { byRequests: { requests: number; sloViolationRatio: number } }>;
    };
    for (const { sloViolationRatio, byRequests } of Object.values(policies)) {
      // 30 rows of 600 s at 7.5 requests per second.
      expect(byRequests.requests).toBeGreaterThan(130_000);
      expect(Math.abs(byRequests.sloViolationRatio - sloViolationRatio)).toBeLessThan(0.002);
    }
    expect((await prescale(...asked)).stdout).toMatch(/request by request:\n {2}prescale: .* by formula/);
    const impatient = join(folder, 'impatient.yaml');
    writeFileSync(
      impatient,
      readFileSync(policy, 'utf8').replace('objective: 0.99', 'objective: 0.99, patience: 2s'),
    );
    const refused = await prescale(...asked.map((word) => (word === policy ? impatient : word)));
    expect([refused.exitCode, refused.stderr]).toEqual([2, expect.stringContaining('spec.slo.patience')]);
  });

  test('plays a policy from a module of the user, and refuses what is none', async () => {
    const file = join(folder, 'twenty.mjs');
    writeFileSync(file, "export const name = 'twenty'; export const create = () => ({ desire: () => 20 });");
    const { stdout } = await replay('--plugin', file, '--json');
    const { twenty } = (JSON.parse(stdout) as { policies: Record<string, { meanReplicas: number }> })
      .policies;
    expect(twenty.meanReplicas).toBeCloseTo(20, 1);
    for (const [i, source] of [
      'export const name = 1;',
      "export const name = 'x'; export const create = () => ({ desire: () => -1 });",
      'nonsense(',
    ].entries()) {
      const broken = join(folder, `broken${i}.mjs`);
      writeFileSync(broken, source);
      const { exitCode, stderr } = await replay('--plugin', broken);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('--plugin');
    }
  });

  test('a plan does not change with what has not begun yet', async () => {
    const lines = readFileSync(shop, 'utf8').trim().split('\n');
    const maskedAt = 1 + Math.floor(0.8 * (lines.length - 1));
    const atMs = Date.parse(lines[maskedAt].split(',')[0]);
    const masked = join(folder, 'masked.csv');
    const altered = lines.map((line, i) => (i < maskedAt ? line : `${line.split(',')[0]},1234`));
    writeFileSync(masked, altered.join('\n'));
    const planOf = async (recording: string): Promise<string[]> => {
      const file = join(folder, 'peek.csv');
      await prescale(...common, '--recording', recording, '--baselines', 'static', '--plan', file);
      const rows = readFileSync(file, 'utf8').trim().split('\n').slice(1);
      return rows.filter((row) => Date.parse(row.split(',')[0]) <= atMs);
    };
    expect(await planOf(masked)).toEqual(await planOf(shop));
  });

  test('the physics of a file are the world: a slower start costs the oracle more', async () => {
    const file = join(folder, 'start.json');
    const hoursAt = async (startupSeconds: number): Promise<number> => {
      writeFileSync(file, JSON.stringify({ ...PHYSICS, startupSeconds }));
      const { stdout } = await replay('--physics', file, '--json');
      return (JSON.parse(stdout) as Answer).policies['oracle'].replicaHours;
    };
    expect(await hoursAt(3600)).toBeGreaterThan(await hoursAt(0));
  });

  test.each([
    ['a baseline that is none', ['--baselines', 'magic'], 'magic'],
    ['a plan of nobody', ['--plan', join(folder, 'x.csv'), '--plan-policy', 'nobody'], 'nobody'],
    ['a requirement that is none', ['--require', 'cost >= hpa'], 'cost >= hpa'],
    ['two recordings for one page', ['--recording', shop, '--html', join(folder, 'y.html')], '--html'],
    ['a requirement on nobody', ['--require', 'cost <= nobody'], 'nobody'],
    ['physics that are no file', ['--physics', join(folder, 'absent.json')], 'absent.json'],
    ['a page in a folder that is not there', ['--html', join(folder, 'absent', 'page.html')], '--html'],
    ['a summary in a folder that is not there', ['--markdown', join(folder, 'absent', 'x.md')], '--markdown'],
  ])('refuses %s, exit code 2, naming it', async (_, args, named) => {
    const { exitCode, stderr, stdout } = await replay(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(named);
    expect(stdout).toBe('');
  });

  test.each([
    ['an unknown setting', { wind: 3 }, 'wind'],
    ['a step that does not divide the row', { stepSeconds: 7 }, 'stepSeconds'],
    ['a time that is none', { metricLagSeconds: -1 }, 'metricLagSeconds'],
  ])('refuses physics with %s', async (_, physics, named) => {
    const file = join(folder, 'bad.json');
    writeFileSync(file, JSON.stringify(physics));
    const { exitCode, stderr } = await replay('--physics', file);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(named);
  });
});
