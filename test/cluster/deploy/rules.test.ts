/** The alerts: syntax, behaviour, and whether they ask for metrics that exist. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { REASONS } from '../../../src/domain/reasons.ts';
import { createMetrics } from '../../../src/telemetry/metrics.ts';
import { INSTALL_HINT, prometheusBinaries } from '../../integration/prometheus/real-prometheus.ts';
import { dashboardQueries, metricNamesIn, ruleGroups } from './monitoring.ts';

const promtool = prometheusBinaries()?.promtool;
let folder: string;

beforeAll(async () => {
  if (promtool === undefined) throw new Error(INSTALL_HINT);
  folder = await mkdtemp(join(tmpdir(), 'prescale-rules-'));
  await writeFile(join(folder, 'rules.yaml'), stringify(await ruleGroups()));
  await copyFile(join(import.meta.dirname, 'rules.yaml'), join(folder, 'test.yaml'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const told = async (...args: string[]): Promise<string> => {
  const { stdout, stderr } = await promisify(execFile)(promtool!, args, { cwd: folder }).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return stdout + stderr;
};

test('promtool finds no fault with the rules', async () => {
  expect(await told('check', 'rules', 'rules.yaml')).toMatch(/SUCCESS: 12 rules found/);
});

test('each alert fires when it should and only then', async () => {
  expect(await told('test', 'rules', 'test.yaml')).toMatch(/SUCCESS/);
});

test('no alert can fire unnoticed by that test', async () => {
  const { groups } = await ruleGroups();
  const played = await readFile(join(folder, 'test.yaml'), 'utf8');
  for (const { alert } of groups.flatMap(({ rules }) => rules))
    expect(played).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:`));
});

test('alerts and dashboard name metrics that the controller has', async () => {
  const metrics = createMetrics();
  for (const all of [1, 6]) metrics.holds({ held: 1, all });
  const known = metrics.registry.getMetricsAsArray().map(({ name }) => name);
  const rules = (await ruleGroups()).groups.flatMap((group) => group.rules.map(({ expr }) => expr));
  const panels = (await dashboardQueries()).map(({ expr }) => expr);
  const asked = [...rules, ...panels].flatMap(metricNamesIn).map((name) => name.replace(/_bucket$/, ''));
  expect(known).toEqual(expect.arrayContaining(asked));
});

test('alerts name reasons that exist', async () => {
  const { groups } = await ruleGroups();
  const patterns = groups.flatMap(({ rules }) =>
    rules.flatMap(({ expr }) => [...expr.matchAll(/reason=~?"([^"]+)"/g)].map(([, pattern]) => pattern)),
  );
  const named = patterns.map((pattern) =>
    Object.keys(REASONS).filter((reason) => new RegExp(`^(?:${pattern})$`).test(reason)),
  );
  expect(named.flat().sort()).toEqual([
    'EmptyMetrics',
    'MetricsQueryRejected',
    'MetricsSourceDown',
    'NotANumberMetrics',
    'PartialMetrics',
    'StaleMetrics',
    'TooManyReplicas',
  ]);
});
