/**
 * How fast recordings are read, and in how much memory: `npx tsx test/bench/observe-recording.ts [megabytes]` (512).
 * Makes files in the temporary folder, reads each in a process of its own, and removes them.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import { createRandom } from '../../src/domain/random.ts';
import { loadRecording } from '../../src/observe/recording/load-recording.ts';

const MEGABYTE = 1_000_000;
const START_MS = Date.UTC(2015, 0, 1);
const SECOND_MS = 1000;
const ROWS_PER_PART = 20_000;
const COLUMNS = ['arrival_rate_rps', 'cpu_utilization_ratio', 'latency_seconds', 'in_flight'];

const random = createRandom(1);
const isoSecond = (row: number): string =>
  `${new Date(START_MS + row * SECOND_MS).toISOString().slice(0, 19)}Z`;
const rate = (): string => (random() * 1000).toFixed(6);

/** Text by parts of `ROWS_PER_PART` rows until it has `bytes`. */
function* parts(
  bytes: number,
  rowText: (row: number) => string,
  head: string,
  tail: string,
): Generator<string> {
  yield head;
  let written = head.length;
  for (let row = 0; written < bytes; row += ROWS_PER_PART) {
    const part = Array.from({ length: ROWS_PER_PART }, (_, index) => rowText(row + index)).join('');
    written += part.length;
    yield part;
  }
  yield tail;
}

const narrow = (row: number): string => `${isoSecond(row)},${rate()}\n`;
const wide = (row: number): string =>
  `${isoSecond(row)},${rate()},${random().toFixed(4)},${random().toFixed(5)},${rate()}\n`;
const pair = (row: number): string => `${row === 0 ? '' : ','}[${START_MS / SECOND_MS + row},"${rate()}"]`;
const MATRIX_HEAD = '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[';

async function make(dir: string, bytes: number): Promise<string[]> {
  const at = (name: string): string => join(dir, name);
  const csvHead = `timestamp,${COLUMNS[0]}\n`;
  await write(at('one-column.csv'), parts(bytes, narrow, csvHead, ''));
  await write(at('four-columns.csv'), parts(bytes, wide, `timestamp,${COLUMNS.join(',')}\n`, ''));
  await write(at('matrix.json'), parts(bytes, pair, MATRIX_HEAD, ']}]}}'));
  await pipeline(
    createReadStream(at('one-column.csv')),
    createGzip({ level: 1 }),
    createWriteStream(at('one-column.csv.gz')),
  );
  return ['one-column.csv', 'one-column.csv.gz', 'four-columns.csv', 'matrix.json'].map(at);
}

function write(path: string, text: Iterable<string>): Promise<void> {
  return pipeline(Readable.from(text), createWriteStream(path));
}

/** In the child: reads one file and prints what it took. */
async function measure(path: string): Promise<void> {
  const beforeBytes = process.memoryUsage().rss;
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const { columns } = await loadRecording(path);
  const seconds = (performance.now() - startedMs) / SECOND_MS;
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / 1e6;
  const slots = columns.arrivalRate.values.length;
  const peakBytes = process.resourceUsage().maxRSS * 1024;
  console.log(
    JSON.stringify({
      slots,
      columns: Object.keys(columns).length,
      seconds,
      cpuSeconds,
      beforeBytes,
      peakBytes,
    }),
  );
}

interface Measured {
  readonly slots: number;
  readonly columns: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly beforeBytes: number;
  readonly peakBytes: number;
}

async function main(megabytes: number): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'prescale-bench-'));
  try {
    const files = await make(dir, megabytes * MEGABYTE);
    const textBytes = statSync(files[0]).size;
    for (const file of files) {
      const output = execFileSync(process.execPath, [
        '--import',
        'tsx',
        fileURLToPath(import.meta.url),
        '--measure',
        file,
      ]);
      const { slots, columns, seconds, cpuSeconds, beforeBytes, peakBytes } = JSON.parse(
        output.toString(),
      ) as Measured;
      const bytes = file.endsWith('.gz') ? textBytes : statSync(file).size;
      const speed = `${(bytes / MEGABYTE / seconds).toFixed(0)} MB/s of text`;
      const memory = `peak RSS ${(peakBytes / MEGABYTE).toFixed(0)} MB (${(beforeBytes / MEGABYTE).toFixed(0)} before)`;
      const size = `${(bytes / MEGABYTE).toFixed(0)} MB, ${slots} slots x ${columns}`;
      console.log(
        `${file.slice(dir.length + 1)}: ${size}: ${seconds.toFixed(1)} s (${cpuSeconds.toFixed(1)} s of CPU), ${speed}, ${memory}`,
      );
    }
  } finally {
    await rm(dir, { recursive: true });
  }
}

const [first, file] = process.argv.slice(2);
if (first === '--measure' && file !== undefined) await measure(file);
else await main(Number(first ?? 512));
