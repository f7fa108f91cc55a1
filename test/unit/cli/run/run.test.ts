import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DecisionBody } from '../../../../src/explain/to-json.ts';
import { runCaptured } from './captured-run.ts';
import { csvText, policyText, written, type RecordedRows } from './recorded-files.ts';

const folder = await mkdtemp(join(tmpdir(), 'prescale-run-'));
afterAll(() => rm(folder, { recursive: true }));

const START_MS = Date.UTC(2025, 6, 22, 8);
const TWO_HOURS: RecordedRows = {
  startAtMs: START_MS,
  rows: 120,
  rps: (row) => 900 + 600 * Math.sin(row / 10),
};

let output = { stdout: '', stderr: '' };
beforeEach(() => {
  output = { stdout: '', stderr: '' };
});

const prescale = (...args: readonly string[]) => runCaptured(args, output);

const policy = await written(folder, 'checkout.yaml', policyText('checkout'));
const recording = await written(folder, 'checkout.csv', csvText(TWO_HOURS));
const scale = await written(folder, 'scale.yaml', policyText('checkout', { mode: 'Scale' }));
const broken = await written(folder, 'broken.yaml', policyText('checkout', { minReplicas: 'two' }));
const table = await written(folder, 'table.csv', 'a,b\n1,2\n');
const PLAY = ['--policy', policy, '--recording', recording, '--speed', 'max'];

const hasFallen = (rate: DecisionBody['observed']['learnedRate']) =>
  rate?.kind === 'learned' && rate.drop !== null;

const decisionsOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, never>);

describe('a play', () => {
  test('says what is played, each changed decision in a line, and what it amounted to', async () => {
    expect(await prescale(...PLAY)).toBe(0);
    const lines = output.stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^dry run of 1 policy, a decision every 15s; nothing is written$/);
    expect(lines[1]).toContain(
      'shop/checkout: recording checkout, 2025-07-22T08:01:30Z to 2025-07-22T10:00:30Z',
    );
    expect(output.stdout).toMatch(/^API on http:\/\/127\.0\.0\.1:\d+$/m);
    const changes = lines.filter((line) => /^2025-07-22T\S+Z checkout: /.test(line));
    expect(changes.length).toBeGreaterThan(5);
    expect(changes.length).toBeLessThan(200);
    expect(output.stdout).toMatch(/replica-hours +\d+\.\d/);
    expect(output.stdout).toMatch(/requests +[\d,]+, over the SLO [\d,]+/);
    expect(output.stderr).toBe('');
  });

  test('learns the service rate from the recording, and says when it falls', async () => {
    const metrics = {
      arrivalRate: { query: 'up' },
      throughput: { query: 'done' },
      busySlots: { query: 'busy' },
    };
    const capacity = { estimate: {}, serversPerReplica: 8, startupTime: '90s', dispatch: 'Central' };
    const learning = await written(folder, 'learning.yaml', policyText('checkout', { metrics, capacity }));
    const done = (row: number) => TWO_HOURS.rps(row)! * (1 + 0.01 * Math.sin(row));
    const busy = (row: number) => TWO_HOURS.rps(row)! / (row < 60 ? 25 : 15);
    const worked = await written(
      folder,
      'worked.csv',
      csvText({ ...TWO_HOURS, columns: { throughput_rps: done, busy_slots: busy } }),
    );
    expect(await prescale('--policy', learning, '--recording', worked, '--speed', 'max', '--json')).toBe(0);
    const lines = decisionsOf(output.stdout) as unknown as DecisionBody[];
    const decisions = lines.filter(({ outcome }) => outcome !== undefined);
    const reasons = decisions.map(({ outcome }) => outcome.reason);
    expect(reasons[0]).toBe('ServiceRateUnknown');
    expect(reasons.slice(60)).not.toContain('ServiceRateUnknown');
    const told = decisions.find(({ observed }) => hasFallen(observed.learnedRate));
    const changedAtMs = START_MS + 60 * 60_000;
    expect(Date.parse(told!.decidedAt) - changedAtMs).toBeLessThanOrEqual(10 * 60_000);
  });

  test('says that no recording knows what a dependency has left; a capacity limits all the same', async () => {
    const dependencies = [
      { name: 'orders-db', limitPerReplica: 10, query: 'free' },
      { name: 'broker', limitPerReplica: 1, capacity: 5 },
    ];
    const limited = await written(folder, 'limited.yaml', policyText('checkout', { dependencies }));
    const args = ['--policy', limited, '--recording', recording, '--speed', 'max'];
    expect(await prescale(...args)).toBe(0);
    expect(output.stderr).toBe(
      'policy shop/checkout: no recording answers the query of dependency orders-db; ' +
        'its room is unknown and limits nothing in this run (a capacity would)\n',
    );
    expect(output.stdout).toMatch(/broker has room for 5 replicas only, \d+ were asked for/);
    expect(output.stdout).not.toMatch(/-> ([6-9]|\d\d) replicas/);
  });

  test('the description of a policy is told', async () => {
    const text = policyText('checkout', {}, { 'kubernetes.io/description': 'This recording is generated.' });
    const described = await written(folder, 'described.yaml', text);
    await prescale('--policy', described, '--recording', recording, '--speed', 'max', '--quiet');
    expect(output.stdout).toContain('This recording is generated.');
    expect(output.stdout).not.toMatch(/Z checkout: /);
  });

  test('--json: every decision and the summary on standard output, nothing else', async () => {
    expect(await prescale(...PLAY, '--json')).toBe(0);
    const lines = decisionsOf(output.stdout);
    const summary = lines.pop()!['summary'] as Record<string, number>;
    expect(lines).toHaveLength(summary['decisions']);
    expect(summary['ticks']).toBe(2 * 60 * 4 - 4 + 1);
    expect(lines[0]).toMatchObject({
      decidedAt: '2025-07-22T08:01:30Z',
      observed: { arrivalRate: { value: 900 } },
    });
    expect(output.stderr).toContain('dry run of 1 policy');
  });

  test('the same recording gives the same decisions at any speed', async () => {
    const play = async (speed: string) => {
      output = { stdout: '', stderr: '' };
      await prescale('--policy', policy, '--recording', recording, '--speed', speed, '--json');
      return output.stdout.slice(0, output.stdout.lastIndexOf('{"summary"'));
    };
    const atMax = await play('max');
    expect(atMax.length).toBeGreaterThan(100_000);
    expect(await play('20000')).toBe(atMax);
    expect(await play('3000')).toBe(atMax);
  });

  test('starts with what the first measurement needs, and follows its own recommendations', async () => {
    await prescale(...PLAY, '--json');
    const [first, ...rest] = decisionsOf(output.stdout).slice(0, -1);
    expect(first['currentReplicas']).toBe(first['recommendedReplicas']);
    const changed = rest.findIndex((decision) => decision['desiredReplicas'] !== decision['currentReplicas']);
    expect(rest[changed + 1]['currentReplicas']).toBe(rest[changed]['desiredReplicas']);
  });

  test('recorded replicas are what runs, whatever is recommended', async () => {
    const columns = { replicas: () => 7, ready_replicas: () => 6 };
    const path = await written(folder, 'with-replicas.csv', csvText({ ...TWO_HOURS, columns }));
    await prescale('--policy', policy, '--recording', path, '--speed', 'max', '--json');
    const decisions = decisionsOf(output.stdout).slice(0, -1);
    expect(new Set(decisions.map((decision) => decision['currentReplicas']))).toEqual(new Set([7]));
    expect(decisions[5]['observed']).toMatchObject({ readyReplicas: 6, startingReplicas: 1 });
  });

  test('--from before the end, with the history before it known', async () => {
    await prescale(...PLAY, '--from=-30m', '--json');
    const [first] = decisionsOf(output.stdout);
    expect(first).toMatchObject({ decidedAt: '2025-07-22T09:30:00Z', forecast: { kind: 'forecast' } });
  });

  test('a gap is not zero load: it abstains with the reason, keeps what runs, and goes on after it', async () => {
    const rps = (row: number) => (row >= 50 && row < 70 ? undefined : 900);
    const path = await written(folder, 'gap.csv', csvText({ ...TWO_HOURS, rps }));
    await prescale('--policy', policy, '--recording', path, '--speed', 'max');
    const told = output.stdout.split('\n').filter((line) => line.includes('Z checkout: '));
    const gap = told.findIndex((line) => line.includes('no trusted measurement (StaleMetrics'));
    expect(told[gap]).toMatch(/^2025-07-22T08:5\d/);
    expect(told[gap]).toContain('stays at');
    expect(told.slice(gap).some((line) => /^2025-07-22T09:1\d.*replicas keep/.test(line))).toBe(true);
  });

  test('a recording of 5-minute means is played at its own step', async () => {
    const path = await written(folder, 'five.csv', csvText({ ...TWO_HOURS, stepSeconds: 300, rows: 40 }));
    await prescale('--policy', policy, '--recording', path, '--speed', 'max', '--json');
    const decisions = decisionsOf(output.stdout).slice(0, -1);
    expect(decisions.filter(({ outcome }) => outcome['kind'] === 'abstain')).toEqual([]);
    expect(decisions.at(-1)!['forecast']).toMatchObject({ stepSeconds: 300 });
  });

  test('policies of several documents and files are paired with the recordings in order', async () => {
    const two = await written(folder, 'two.yaml', `${policyText('one')}\n---\n${policyText('two')}\n`);
    const three = await written(folder, 'three.yaml', policyText('three'));
    const recordings = await Promise.all(
      [100, 200, 300].map((rps) => written(folder, `${rps}.csv`, csvText({ ...TWO_HOURS, rps: () => rps }))),
    );
    await prescale('--policy', two, three, '--recording', ...recordings, '--speed', 'max', '--json');
    const seen = decisionsOf(output.stdout).slice(0, 3);
    expect(
      seen.map(({ workload, observed }) => [workload['name'], observed['arrivalRate']['value']]),
    ).toEqual([
      ['one', 100],
      ['two', 200],
      ['three', 300],
    ]);
  });

  test('recordings of different years play side by side, each in its own time', async () => {
    const other = await written(folder, 'other.yaml', policyText('other'));
    const nineties = { ...TWO_HOURS, startAtMs: Date.UTC(1998, 5, 1) };
    const old = await written(folder, 'old.csv', csvText(nineties));
    await prescale('--policy', policy, other, '--recording', recording, old, '--speed', 'max', '--json');
    const decisions = decisionsOf(output.stdout).slice(0, -1);
    expect(decisions.slice(0, 2).map((decision) => decision['decidedAt'])).toEqual([
      '2025-07-22T08:01:30Z',
      '1998-06-01T00:01:30Z',
    ]);
    expect(output.stderr).toContain('side by side');
  });

  test('--namespace looks after a part of the policies', async () => {
    expect(await prescale(...PLAY, '--namespace', 'shop', '--quiet')).toBe(0);
    expect(await prescale(...PLAY, '--namespace', 'other')).toBe(2);
    expect(output.stderr).toContain('--namespace: got other, allowed: a namespace of the policies (shop)');
  });
});

describe('--keep-serving', () => {
  test('the API stays up after the play, until a signal, which ends it with 0', async () => {
    const running = prescale(...PLAY, '--quiet', '--keep-serving');
    await vi.waitFor(() => expect(output.stdout).toContain('goes on until a signal'), { timeout: 20_000 });
    const url = /API on (\S+)/.exec(output.stdout)![1];
    const response = await fetch(`${url}/api/v1/autoscalers/shop/checkout`);
    expect(await response.json()).toMatchObject({
      name: 'checkout',
      decision: { decidedAt: '2025-07-22T10:00:30Z' },
    });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    process.emit('SIGTERM', 'SIGTERM');
    expect(await running).toBe(0);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});

describe('a signal during the play', () => {
  test('ends it after the tick that runs, with the summary of what was done, and 0', async () => {
    const running = prescale('--policy', policy, '--recording', recording, '--speed', '1');
    await vi.waitFor(() => expect(output.stdout).toContain('Z checkout: '), { timeout: 20_000 });
    process.emit('SIGINT', 'SIGINT');
    expect(await running).toBe(0);
    expect(output.stdout).toMatch(/ticks +1, 0 overrun/);
  });
});

describe('refusals', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['no policy', ['--recording', recording], /--policy: got nothing, allowed: one or more files/],
    ['no source', ['--policy', policy], /--recording, --prometheus: got neither/],
    ['two sources', [...PLAY, '--prometheus', 'http://127.0.0.1:9'], /--recording: got a Prometheus too/],
    [
      'a policy too many',
      ['--policy', policy, '--recording', recording, recording],
      /--recording: got 2 for 1 policies/,
    ],
    [
      'a file that is not there',
      ['--policy', 'none.yaml', '--recording', recording],
      /none\.yaml.*\n.*file: got no such file/,
    ],
    [
      'a policy with a fault',
      ['--policy', broken, '--recording', recording],
      /broken\.yaml.*\n.*spec\.minReplicas: got "two"/,
    ],
    ['a recording that is none', ['--policy', policy, '--recording', table], /recording table/],
    [
      'the same policy twice',
      ['--policy', policy, policy, '--recording', recording, recording],
      /shop\/checkout more than once/,
    ],
    [
      'speed for a live Prometheus',
      ['--policy', policy, '--prometheus', 'http://127.0.0.1:9', '--speed', '5'],
      /--speed: got it for a live Prometheus/,
    ],
    ['a tick of no time', [...PLAY, '--tick', '100ms'], /--tick: allowed: a duration from 1s to 1h/],
    [
      'another address than loopback',
      [...PLAY, '--listen', '0.0.0.0:8080'],
      /loopback address.*--api-token-file/,
    ],
    [
      'a token file that is not there',
      [...PLAY, '--listen', '0.0.0.0:0', '--api-token-file', '/nowhere/token'],
      /--api-token-file: got \/nowhere\/token: ENOENT/,
    ],
    ['a time that is not recorded', [...PLAY, '--from', '2030-01-01'], /--from, --to \(shop\/checkout\)/],
    [
      'a mode that writes',
      ['--policy', scale, '--recording', recording],
      /spec\.mode of shop\/checkout: got Scale, allowed: Recommend, or --dry-run/,
    ],
    ['an unknown flag', [...PLAY, '--speeed', '5'], /unknown option/],
  ])('%s: exit 2, with what was got and what is allowed', async (_name, args, message) => {
    expect(await prescale(...args)).toBe(2);
    expect(output.stderr).toMatch(message);
    expect(output.stderr).not.toMatch(/^\s+at /m);
    expect(output.stdout).toBe('');
  });

  test('with --dry-run a policy that would write is only recommended for', async () => {
    expect(
      await prescale('--policy', scale, '--recording', recording, '--speed', 'max', '--quiet', '--dry-run'),
    ).toBe(0);
  });

  test('a port in use: exit 1, naming --listen', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    expect(await prescale(...PLAY, '--listen', `127.0.0.1:${port}`)).toBe(1);
    expect(output.stderr).toMatch(new RegExp(`--listen 127.0.0.1:${port}: another program listens there`));
    await new Promise((resolve) => taken.close(resolve));
  });
});
