/** The controller in virtual time, as fast as it can, with an ear to its heap. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { heapSlope, readHeapSamples, type Slope } from './heap-slope.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const POLICY = 'deploy/demo/checkout.yaml';
const RECORDING = 'deploy/demo/web-shop.csv.gz';

export interface VirtualSoak {
  readonly ticks: number;
  readonly realSeconds: number;
  /** Per hour of virtual time, from a fifth of the run on: by then all that is kept is full. */
  readonly slope: Slope | undefined;
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
        ],
      ],
      {
        cwd: ROOT,
        maxBuffer: 2 ** 30,
        env: { ...process.env, PRESCALE_HEAP_FILE: heapFile, PRESCALE_HEAP_SECONDS: String(heapSeconds) },
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
      slope: heapSlope(samples, { warmUpMs, hoursPerHour }),
      mostHeapBytes: Math.max(0, ...samples.map(({ heapBytes }) => heapBytes)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
