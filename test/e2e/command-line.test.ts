import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { runProgram, type RunResult } from './run-command.ts';

const clone = inject('clone');
const scratch = await mkdtemp(join(tmpdir(), 'prescale-cli-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const prescale = (args: readonly string[], input = ''): Promise<RunResult> =>
  runProgram(process.execPath, [join(clone, 'dist', 'cli.js'), ...args], { cwd: clone, input });

/** "    at fn (file:1:2)", "    at file:1:2", and Node's own way to name an uncaught error. */
const STACK_TRACE = /^\s+at .*:\d+:\d+|^Node\.js v\d+|node:internal/m;

const commandNames = (await prescale(['--help'])).stdout
  .split('Commands:\n')[1]
  .split('\n')
  .map((line) => /^ {2}([a-z]+)\b/.exec(line)?.[1])
  .filter((name) => name !== undefined && name !== 'help') as string[];

test('--help lists the commands of the public contract', () => {
  expect(commandNames).toEqual(
    expect.arrayContaining(['run', 'forecast', 'evaluate', 'size', 'record', 'validate', 'crd', 'version']),
  );
});

test.each(commandNames)('prescale %s --help ends well, with an example, on stdout', async (name) => {
  const { exitCode, stdout, stderr } = await prescale([name, '--help']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(new RegExp(`Examples:\\n  \\$ .*prescale ${name}\\b`));
});

/** Puts a file into the scratch folder and gives its path. */
async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(scratch, name);
  await writeFile(path, content);
  return path;
}

const start = Date.parse('2026-11-01T00:00:00Z');
/** Six hours at one minute, up and down within the hour. */
const rows = Array.from({ length: 360 }, (_, minute) => {
  const rate = 100 + 40 * Math.sin((minute * Math.PI) / 30) + (minute % 7);
  return `${new Date(start + minute * 60_000).toISOString()},${rate.toFixed(2)}`;
});
const csv = ['timestamp,arrival_rate_rps', ...rows, ''].join('\n');
const recording = await file('rates.csv', csv);
const gzipped = await file('rates.csv.gz', gzipSync(csv));
const POLICY = 'deploy/demo/checkout.yaml';
const SIZE = ['size', '--arrival-rate-rps', '900', '--service-rate-rps', '25', '--slo-seconds', '0.25'];

describe('results are on stdout, as JSON where asked for', () => {
  test.each([
    ['version', ['version', '--json']],
    ['size', [...SIZE, '--json']],
    ['size of a count that cannot carry the load', [...SIZE, '--replicas', '2', '--json']],
    ['forecast', ['forecast', '--recording', recording, '--json']],
    ['forecast of a gzipped recording', ['forecast', '--recording', gzipped, '--json']],
    ['evaluate', ['evaluate', '--recording', recording, '--every', '1h', '--json']],
    ['validate', ['validate', POLICY, '--json']],
    ['crd', ['crd', '--json']],
  ])('%s', async (_name, args) => {
    const { exitCode, stdout, stderr } = await prescale(args);
    expect(exitCode, stderr).toBe(0);
    expect(JSON.parse(stdout)).toBeTypeOf('object');
  });

  test.each([
    ['version', ['version']],
    ['size', SIZE],
    ['forecast', ['forecast', '--recording', recording]],
    ['evaluate', ['evaluate', '--recording', recording, '--every', '1h']],
    ['crd', ['crd']],
  ])('%s, for people', async (_name, args) => {
    const { exitCode, stdout, stderr } = await prescale(args);
    expect(exitCode, stderr).toBe(0);
    expect(stdout.trim()).not.toBe('');
    expect(stdout + stderr).not.toMatch(STACK_TRACE);
  });

  test('a recording from standard input gives what its file gives', async () => {
    const fromFile = await prescale(['forecast', '--recording', recording, '--json']);
    const fromInput = await prescale(['forecast', '--recording', '-', '--json'], csv);
    expect(fromInput.exitCode, fromInput.stderr).toBe(0);
    expect(fromInput.stdout).toBe(fromFile.stdout);
  });
});

describe('a dry run, played as fast as the machine can', () => {
  test('decides, tells on stdout what changed, sums up and ends', async () => {
    const args = ['run', '--policy', POLICY, '--recording', recording, '--speed', 'max', '--dry-run'];
    const { exitCode, stdout, stderr } = await prescale([...args, '--listen', '127.0.0.1:0']);
    expect(exitCode, stderr).toBe(0);
    expect(stdout + stderr).toMatch(/replica-hours/i);
    expect(stdout + stderr).not.toMatch(STACK_TRACE);
  });
});

describe('bad input: exit 2, the reason on stderr, nothing on stdout, no stack trace', async () => {
  const absent = join(scratch, 'absent');
  const empty = await file('empty', '');
  const binary = await file('binary', Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 89) % 256)));
  const brokenGzip = await file('broken.csv.gz', gzipSync(csv).subarray(0, 900));
  const headerOnly = await file('header.csv', 'timestamp,arrival_rate_rps\n');
  const noArrivals = await file('no-arrivals.csv', 'timestamp,latency_seconds\n2026-11-01T00:00:00Z,0.1\n');
  const notATime = await file('not-a-time.csv', 'timestamp,arrival_rate_rps\nyesterday,5\n');
  const notANumber = await file('words.csv', 'timestamp,arrival_rate_rps\n2026-11-01T00:00:00Z,many\n');
  const otherJson = await file('other.json', '{"status":"success","data":{"resultType":"scalar"}}');
  const brokenJson = await file('broken.json', '{"status":');
  const brokenYaml = await file('broken.yaml', 'spec: [1, 2\nkind: x');
  const otherKind = await file('pod.yaml', 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n');
  const unknownField = await file(
    'unknown.yaml',
    'apiVersion: prescale.dev/v1alpha1\nkind: PredictiveAutoscaler\nmetadata: {namespace: a, name: b}\nspec: {minReplica: 2}\n',
  );

  const usage: [string, string[], RegExp][] = [
    ['no command at all', [], /Usage/],
    ['an unknown command', ['frobnicate'], /frobnicate/],
    ['an unknown flag', ['version', '--loud'], /--loud/],
    ['a flag without its value', ['size', '--arrival-rate-rps'], /--arrival-rate-rps/],
    ['a flag that is required', ['size', '--slo-seconds', '1'], /--arrival-rate-rps/],
    ['an argument too many', ['version', 'please'], /argument/],
    ['a rate that is a word', [...SIZE, '--arrival-rate-rps', 'fast'], /"fast"/],
    ['a rate that is not finite', [...SIZE, '--arrival-rate-rps', 'Infinity'], /"Infinity"/],
    ['a negative rate', [...SIZE, '--arrival-rate-rps=-5'], /"-5"/],
    ['an empty number', [...SIZE, '--slo-seconds', ''], /""/],
    ['half a replica', [...SIZE, '--replicas', '2.5'], /"2.5"/],
    ['an unknown dispatch', [...SIZE, '--dispatch', 'magic'], /magic.*|least-requests/],
    ['no policy file', ['validate'], /file/],
    ['no recording', ['forecast'], /--recording/],
    ['a horizon that is no duration', ['forecast', '--recording', recording, '--horizon', 'soon'], /"soon"/],
    ['a moment that is none', ['forecast', '--recording', recording, '--at', 'noon'], /"noon"/],
    ['an unknown model', ['forecast', '--recording', recording, '--model', 'oracle'], /oracle/],
    ['a speed of nothing', ['run', '--policy', POLICY, '--recording', recording, '--speed', '0'], /"0"/],
    ['an address beyond this machine', ['run', '--policy', POLICY, '--listen', '0.0.0.0:80'], /0\.0\.0\.0/],
    [
      'a URL that is none',
      [
        'record',
        '--prometheus',
        'not a url',
        '--query',
        'up',
        '--from',
        '2026-11-01T00:00:00Z',
        '--to',
        '2026-11-02T00:00:00Z',
        '--out',
        absent,
      ],
      /--prometheus: .*URL/,
    ],
  ];
  const policies: [string, string[], RegExp][] = [
    ['a policy that is not there', ['validate', absent], /absent/],
    ['a folder in place of a policy', ['validate', scratch], /folder|directory/i],
    ['an empty policy', ['validate', empty], /empty/],
    ['a policy of bytes', ['validate', binary], /binary/],
    ['broken YAML', ['validate', brokenYaml], /broken\.yaml/],
    ['another kind of object', ['validate', otherKind], /kind|apiVersion/],
    ['a field that does not exist', ['validate', unknownField], /minReplica/],
  ];
  const recordings: [string, string, RegExp][] = [
    ['is not there', absent, /absent/],
    ['is a folder', scratch, /folder|directory/i],
    ['is empty', empty, /empty|no .*row/i],
    ['is made of bytes', binary, /binary/],
    ['is a gzip cut short', brokenGzip, /cut off/],
    ['has a header and no row', headerOnly, /rows after the header/],
    ['has no arrival rate', noArrivals, /arrival_rate_rps/],
    ['has a row without a time', notATime, /yesterday/],
    ['holds a word for a number', notANumber, /many/],
    ['is JSON of another shape', otherJson, /resultType/],
    ['is broken JSON', brokenJson, /cut off/],
  ];
  test.each(usage)('%s', async (_name, args, reason) => expectRefusal(await prescale(args), reason));

  // How many are valid is validate's result, and so on stdout; what is wrong with them is not.
  test.each(policies)('%s', async (_name, args, reason) => {
    const result = await prescale(args);
    expect(result.stdout).toMatch(/^.*: 0 policies valid, 1 not valid\n$/);
    expectRefusal({ ...result, stdout: '' }, reason);
  });

  test.each(recordings)('a recording that %s, to forecast', async (_name, path, reason) =>
    expectRefusal(await prescale(['forecast', '--recording', path]), reason),
  );

  test.each(recordings)('a recording that %s, to run', async (_name, path, reason) => {
    const args = [
      'run',
      '--policy',
      POLICY,
      '--recording',
      path,
      '--speed',
      'max',
      '--listen',
      '127.0.0.1:0',
    ];
    expectRefusal(await prescale(args), reason);
  });

  test('more recordings than policies', async () => {
    const args = ['run', '--policy', POLICY, '--recording', recording, '--recording', gzipped];
    expectRefusal(await prescale([...args, '--speed', 'max']), /--recording|--policy/);
  });
});

function expectRefusal({ exitCode, stdout, stderr }: RunResult, reason: RegExp): void {
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(reason);
  expect(stderr).not.toMatch(STACK_TRACE);
  expect(stderr.split('\n').length, stderr).toBeLessThan(60);
}

test('a source that does not answer is a failure, not wrong usage: exit 1', async () => {
  const span = ['--from', '2026-11-01T00:00:00Z', '--to', '2026-11-01T01:00:00Z'];
  const args = ['record', '--prometheus', 'http://127.0.0.1:9', '--query', 'up', ...span];
  const { exitCode, stdout, stderr } = await prescale([...args, '--out', join(scratch, 'out.csv')]);
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 1, stdout: '' });
  expect(stderr).toMatch(/127\.0\.0\.1:9/);
  expect(stderr).not.toMatch(STACK_TRACE);
});
