/** The controller in virtual time, as fast as it can, with an ear to its heap. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { heapSlope, mostRiseBytes, readHeapSamples, whatIsKept, type Slope } from './heap-slope.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const POLICY = 'deploy/demo/checkout.yaml';
const RECORDING = 'deploy/demo/web-shop.csv.gz';

export interface VirtualSoak {
  readonly ticks: number;
  readonly realSeconds: number;
  /** Of what the program keeps, per hour of virtual time, from a fifth of the run on: by then all that is kept is full. */
  readonly slope: Slope | undefined;
  /** Of the whole heap, from then on. */
  readonly riseBytes: number | undefined;
  readonly mostHeapBytes: number;
}

/**
 * `virtualHours` of the demo's recording as a dry run; `cli`: what node is given to start the controller.
 * Throws where it does not end well.
 */
export async function soakVirtually(
  virtualHours: number,
  cli: readonly string[],
  heapSeconds: number,
): Promise<VirtualSoak> {
  const folder = await mkdtemp(join(tmpdir(), 'prescale-soak-'));
  const heapFile = join(folder, 'heap');
  try {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        ...['--expose-gc', '--import', join(import.meta.dirname, 'heap-witness.js')],
        ...[...cli, 'run', '--policy', POLICY, '--recording', RECORDING, `--from=-${virtualHours}h`],
        ...[
          '--speed',
          'max',
          '--dry-run',
          '--json',
          '--listen',
          '127.0.0.1:0',
          '--history-dir',
          join(folder, 'history'),
          // Journals of 2 MB: one of 64 would not be full before the run is over, and is read as a whole then.
          '--history-size',
          '16Mi',
        ],
      ],
      {
        cwd: ROOT,
        maxBuffer: 2 ** 30,
        env: {
          ...process.env,
          PRESCALE_HEAP_FILE: heapFile,
          PRESCALE_HEAP_SECONDS: String(heapSeconds),
          PRESCALE_CENSUS_EACH: '2',
        },
      },
    );
    const last = stdout.trimEnd().split('\n').at(-1)!;
    const { ticks, realSeconds } = (JSON.parse(last) as { summary: { ticks: number; realSeconds: number } })
      .summary;
    const samples = await readHeapSamples(heapFile);
    const hoursPerHour = virtualHours / (realSeconds / 3600);
    const warmUpMs = (samples.at(-1)?.atMs ?? 0) / 5;
    return {
      ticks,
      realSeconds,
      slope: heapSlope(whatIsKept(samples), { warmUpMs, hoursPerHour }),
      riseBytes: mostRiseBytes(samples, { warmUpMs }),
      mostHeapBytes: Math.max(0, ...samples.map(({ heapBytes }) => heapBytes)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
