import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { main } from '../../../../src/cli/main.ts';
import { loadRecording } from '../../../../src/observe/recording/load-recording.ts';
import { startFaultProxy } from '../../../fakes/fault-proxy.ts';
import { type FakePrometheus, startFakePrometheus } from '../../../fakes/prometheus.ts';

const START_MS = Date.UTC(2025, 6, 22, 8);
const SLOTS = 12_000;
const GAP = Number.NaN;

function series(valueOf: (slot: number) => number, notANumberSlots: number[] = []) {
  const values = Float64Array.from({ length: SLOTS }, (_, slot) => valueOf(slot));
  return [{ series: { startAtMs: START_MS, stepSeconds: 60, values }, notANumberSlots }];
}

let fake: FakePrometheus;
let dir: string;
beforeAll(async () => {
  fake = await startFakePrometheus({
    rate: series((slot) => ([3, 4, 7, 9].includes(slot) ? GAP : slot / 3), [9]),
    minus: series((slot) => slot - 5),
    busy: series((slot) => (slot === 4 ? 0.5 : GAP)),
  });
});
afterAll(() => fake.close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'prescale-record-'));
});
afterEach(() => rm(dir, { recursive: true }));

const at = (slot: number): string => new Date(START_MS + slot * 60_000).toISOString();

/** Runs the command in this process, as a person would type it. */
async function record(flags: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk) => {
      written[stream] += String(chunk);
      return true;
    }),
  );
  try {
    return { exitCode: await main(['record', ...flags]), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const common = (url = fake.url): string[] => ['--prometheus', url, '--query', 'rate'];
const span = (from: number, to: number): string[] => ['--from', at(from), '--to', at(to)];
const out = (name = 'out.csv'): string => join(dir, name);

describe('what is written', () => {
  test('rows are named by the start of their slot; a gap is no row, an odd sample is NaN', async () => {
    const { exitCode, stdout } = await record([...common(), ...span(0, 11), '--out', out()]);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout:
        `${out()}: 8 rows of 1m from ${at(0)} to ${at(10)}, 3 slots without a sample in 2 gaps, 1 sample not a number\n`.replaceAll(
          '.000Z',
          'Z',
        ),
    });
    const rows = (await readFile(out(), 'utf8')).split('\n');
    expect(rows.slice(0, 3)).toEqual([
      'timestamp,arrival_rate_rps',
      '2025-07-22T08:00:00Z,0',
      '2025-07-22T08:01:00Z,0.3333333333333333',
    ]);
    expect(rows.filter((row) => row.endsWith(',NaN'))).toEqual(['2025-07-22T08:09:00Z,NaN']);
    expect(rows).toHaveLength(10);
    expect(await readdir(dir)).toEqual(['out.csv']);
  });

  test('reading it back gives what the source has, over more slots than one query takes', async () => {
    const { exitCode } = await record([...common(), ...span(0, SLOTS), '--out', out('long.csv.gz')]);
    expect(exitCode).toBe(0);
    const recording = await loadRecording(out('long.csv.gz'));
    expect(recording).toMatchObject({ startAtMs: START_MS, stepSeconds: 60, warnings: [] });
    expect([...recording.columns.arrivalRate.values]).toEqual(
      Array.from({ length: SLOTS }, (_, slot) => ([3, 4, 7, 9].includes(slot) ? GAP : slot / 3)),
    );
    expect(recording.notANumberSlots.arrivalRate).toEqual(Uint32Array.of(9));
  });

  test('further columns stand beside it; negative values are no load', async () => {
    const columns = ['--column', 'busy_slots=busy', '--column', 'in_flight=minus'];
    const { stdout } = await record([...common(), ...columns, ...span(3, 7), '--out', out(), '--json']);
    expect(JSON.parse(stdout)).toEqual({
      out: out(),
      columns: ['arrival_rate_rps', 'busy_slots', 'in_flight'],
      stepSeconds: 60,
      firstAt: '2025-07-22T08:03:00Z',
      lastAt: '2025-07-22T08:06:00Z',
      rows: 4,
      missingSlots: 1,
      gaps: 1,
      notANumberSamples: 2,
    });
    expect(await readFile(out(), 'utf8')).toBe(
      'timestamp,arrival_rate_rps,busy_slots,in_flight\n' +
        '2025-07-22T08:03:00Z,,,NaN\n2025-07-22T08:04:00Z,,0.5,NaN\n' +
        '2025-07-22T08:05:00Z,1.6666666666666667,,0\n2025-07-22T08:06:00Z,2,,1\n',
    );
  });

  test('a source of a configuration file, times off the grid moved inwards', async () => {
    const config = join(dir, 'sources.yaml');
    await writeFile(config, `mimir: { url: "${fake.url}" }\n`);
    const times = ['--from', '2025-07-22T07:59:30Z', '--to', '2025-07-22T08:02:30Z'];
    const source = ['--prometheus-config', config, '--source', 'mimir', '--query', 'rate'];
    const { stdout } = await record([...source, ...times, '--out', out()]);
    expect(stdout).toContain('2 rows of 1m from 2025-07-22T08:00:00Z to 2025-07-22T08:01:00Z, no gap');
  });

  test('- is standard output, gone readers are no fault, the summary is on standard error', async () => {
    const cli = join(process.cwd(), 'src/cli.ts');
    const args = ['--import', 'tsx', cli, 'record', ...common(), ...span(0, SLOTS), '--out', '-'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => void (stderr += chunk.toString()));
    const [head] = (await once(child.stdout, 'data')) as [Buffer];
    child.stdout.destroy();
    const [exitCode] = (await once(child, 'exit')) as [number];
    expect(head.toString()).toMatch(/^timestamp,arrival_rate_rps\n2025-07-22T08:00:00Z,0\n/);
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^-: \d+ rows/) as string,
    });
  });
});

describe('what fails leaves no file behind', () => {
  test.each([
    [
      'nothing in this time',
      ['--query', 'rate', ...span(-20, -10)],
      1,
      /the source has no sample of the query in this time/,
    ],
    ['nothing of this name', ['--query', 'none', ...span(0, 10)], 1, /nothing was written/],
    [
      'a bad query',
      ['--query', 'rate(!', ...span(0, 10)],
      2,
      /arrival_rate_rps: got HTTP 400: .*parse error, allowed: PromQL that gives one/,
    ],
    [
      'a bad column',
      ['--query', 'rate', '--column', 'in_flight=!', ...span(0, 10)],
      2,
      /in_flight: got HTTP 400/,
    ],
    [
      'no time',
      ['--query', 'rate', ...span(5, 5)],
      2,
      /--to: got .*allowed: at least one whole slot of 1m after --from/,
    ],
    [
      'an unknown column',
      ['--query', 'rate', '--column', 'cpu=up', ...span(0, 5)],
      2,
      /Got "cpu=up", allowed: <name>=<promql> with/,
    ],
    [
      'a column twice',
      ['--query', 'rate', '--column', 'replicas=a', '--column', 'replicas=b', ...span(0, 5)],
      2,
      /each column once/,
    ],
    [
      'the rate as a column',
      ['--query', 'rate', '--column', 'arrival_rate_rps=a', ...span(0, 5)],
      2,
      /allowed: <name>=<promql>/,
    ],
    [
      'a source without its file',
      ['--query', 'rate', '--source', 'a', ...span(0, 5)],
      2,
      /--source: got no --prometheus-config/,
    ],
    ['no step', ['--query', 'rate', '--step', '0s', ...span(0, 5)], 2, /Got "0s", allowed: a duration/],
  ] as const)('%s', async (...row) => {
    const [, flags, exitCode, message] = row;
    const result = await record(['--prometheus', fake.url, ...flags, '--out', out()]);
    expect(result).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(message) as string });
    expect(await readdir(dir)).toEqual([]);
  });

  test('JSON beside rows on standard output', async () => {
    const { exitCode, stderr } = await record([...common(), ...span(0, 5), '--out', '-', '--json']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('--json: got --out -, allowed: only with --out FILE');
  });

  test('a folder that does not exist', async () => {
    const { exitCode, stderr } = await record([
      ...common(),
      ...span(0, 5),
      '--out',
      join(dir, 'none', 'out.csv'),
    ]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--out: got .*out\.csv \(ENOENT\), allowed: a path that can be written to/);
  });

  test.each([
    ['unavailable', 1, /arrival_rate_rps from 2025-07-22T08:00:00Z on: HTTP 503: query timed out/],
    ['warning', 1, /the answer is incomplete: store-2 is not reachable/],
  ] as const)(
    'a source with a fault: %s; the file that was there stays',
    async (fault, exitCode, message) => {
      await writeFile(out(), 'before');
      const proxy = await startFaultProxy(fake.url);
      proxy.set(fault);
      const result = await record([...common(proxy.url), ...span(0, 5), '--out', out()]);
      expect(result).toMatchObject({ exitCode, stderr: expect.stringMatching(message) as string });
      expect(await readFile(out(), 'utf8')).toBe('before');
      expect(await readdir(dir)).toEqual(['out.csv']);
      await proxy.close();
    },
  );
});

test('gzip is real gzip', async () => {
  await record([...common(), ...span(0, 5), '--out', out('a.csv.gz')]);
  expect(gunzipSync(await readFile(out('a.csv.gz'))).toString()).toMatch(/^timestamp,arrival_rate_rps\n/);
});
