import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadRecording } from '../../../../src/observe/recording/load-recording.ts';
import { recordingName } from '../../../../src/observe/recording/recording.ts';
import { gzipped } from './load-text.ts';

const TEXT = 'timestamp,arrival_rate_rps\n2025-07-22T08:00:00Z,1\n2025-07-22T08:01:00Z,2\n';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'prescale-recording-'));
});
afterAll(() => rm(dir, { recursive: true }));

test.each([
  ['/data/nasa_jul95_1m.csv', 'nasa_jul95_1m'],
  ['web-shop.csv.gz', 'web-shop'],
  ['C:\\data\\answer.json', 'answer'],
  ['v1.2', 'v1.2'],
])('%s is named %s', (path, name) => {
  expect(recordingName(path)).toBe(name);
});

test('a file is read whatever its name says, and tells how far it is', async () => {
  const path = join(dir, 'zipped.csv');
  await writeFile(path, gzipped(TEXT));
  const progress: [number, number | null][] = [];
  const recording = await loadRecording(path, { onProgress: (...report) => progress.push(report) });
  expect(recording).toMatchObject({
    name: 'zipped',
    columns: { arrivalRate: { values: Float64Array.of(1, 2) } },
  });
  const size = gzipped(TEXT).length;
  expect(progress.at(-1)).toEqual([size, size]);
});

test.each([
  [
    'a path where no file is',
    'missing.csv',
    /recording .*missing.csv is not valid:\n {2}file: got a path where no file/,
  ],
  ['a folder', '.', /file: got a folder, allowed: a readable file of CSV or Prometheus JSON/],
])('%s is refused', async (_what, name, message) => {
  await expect(loadRecording(join(dir, name))).rejects.toThrow(message);
});

test('- is standard input', () => {
  const module = new URL('../../../../src/observe/recording/load-recording.ts', import.meta.url).href;
  const script = `import { loadRecording } from '${module}';
    loadRecording('-').then((r) => console.log(r.name, [...r.columns.arrivalRate.values].join()));`;
  const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    input: TEXT,
  });
  expect(child.stdout.toString()).toBe('stdin 1,2\n');
});

test('an aborted signal ends the reading with its own reason', async () => {
  const stop = new AbortController();
  const endless = Readable.from(
    (function* () {
      yield Buffer.from(TEXT);
      for (let second = 0; ; second += 1) yield Buffer.from(`${1_753_171_320 + second * 60},1\n`);
    })(),
  );
  const reason = new Error('enough');
  const reading = loadRecording(
    { name: 'endless', stream: endless },
    { signal: stop.signal, onProgress: (readBytes) => readBytes > 10_000 && stop.abort(reason) },
  );
  await expect(reading).rejects.toBe(reason);
  expect(endless.destroyed).toBe(true);
});

const TRACES = '../shared/traces';
describe.skipIf(!existsSync(TRACES))('real traces (needs ../shared/traces)', () => {
  test.each([
    ['nasa_jul95_1m', 60, '1995-07-01T04:00:00.000Z', { rows: 39_692, gaps: 0 }],
    ['bank_calls_2003_5m', 300, '2003-03-03T07:00:00.000Z', { rows: 27_716, gaps: 40_133 }],
    ['nab_tweets_aapl_5m', 300, '2015-02-26T21:42:53.000Z', { rows: 15_902, gaps: 0 }],
    ['nab_aws_elb_requests_5m', 300, '2014-04-10T00:04:00.000Z', { rows: 4032, gaps: 8 }],
    ['nab_nyc_taxi_30m', 1800, '2014-07-01T04:00:00.000Z', { rows: 10_318, gaps: 4 }],
  ])('%s: step, start, rows and gaps are those of its index', async (name, step, start, { rows, gaps }) => {
    const recording = await loadRecording(`${TRACES}/${name}.csv`);
    const { values } = recording.columns.arrivalRate;
    expect(recording.stepSeconds).toBe(step);
    expect(new Date(recording.startAtMs).toISOString()).toBe(start);
    expect(values.filter((value) => !Number.isNaN(value))).toHaveLength(rows);
    expect(values.filter((value) => Number.isNaN(value))).toHaveLength(gaps);
    expect(recording.warnings).toEqual([]);
  });
});
