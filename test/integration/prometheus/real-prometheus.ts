/** A real Prometheus on loopback for tests: found, back-filled, started, hung, killed and always cleaned up. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type BackfillSeries, openMetricsByDay } from './openmetrics.ts';

export const INSTALL_HINT =
  'needs prometheus and promtool: apt-get install -y --no-install-recommends prometheus';

export interface PrometheusBinaries {
  readonly prometheus: string;
  readonly promtool: string;
}

/** Where the two programs are; undefined when either is not installed (skip the test and give INSTALL_HINT). */
export function prometheusBinaries(): PrometheusBinaries | undefined {
  const prometheus = programNamed('prometheus');
  const promtool = programNamed('promtool');
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}

function programNamed(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function requiredBinaries(): PrometheusBinaries {
  const binaries = prometheusBinaries();
  if (binaries === undefined) throw new Error(INSTALL_HINT);
  return binaries;
}

/** A new folder for one Prometheus: its configuration, and `data` below it. */
export async function makePrometheusDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'prescale-prometheus-'));
  await mkdir(join(dir, 'data'));
  await writeFile(join(dir, 'prometheus.yml'), 'global: {}\n');
  return dir;
}

/** Writes the series as blocks into the folder of a Prometheus that is not running yet. One promtool run per UTC day. */
export async function backfill(prometheusDir: string, series: readonly BackfillSeries[]): Promise<void> {
  const { promtool } = requiredBinaries();
  for (const [day, text] of openMetricsByDay(series)) {
    const file = join(prometheusDir, `${day}.om`);
    await writeFile(file, text);
    const args = ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, join(prometheusDir, 'data')];
    await promisify(execFile)(promtool, args);
    await rm(file);
  }
}

export interface RealPrometheus {
  readonly url: string;
  readonly dir: string;
  readonly port: number;
  /** Accepts connections and answers nothing, until `resume`. */
  /** Resolves when every thread has stopped: until then one more answer may get out. */
  suspend(): Promise<void>;
  resume(): void;
  /** The process is gone at once; the folder stays, so that it can be started again on the same port. */
  kill(): Promise<void>;
  /** Ends the process, whatever state it is in, and removes its folder. */
  remove(): Promise<void>;
}

/** Starts on a free loopback port, or on `port`, and resolves when it answers as ready. */
export async function startPrometheus(dir: string, port?: number): Promise<RealPrometheus> {
  const ownPort = port ?? (await freePort());
  const child = spawn(requiredBinaries().prometheus, flags(dir, ownPort), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => void said.push(chunk.toString()));
  const killWithUs = () => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  const kill = async () => {
    process.removeListener('exit', killWithUs);
    await ended(child);
  };
  const url = `http://127.0.0.1:${ownPort}`;
  if (!(await becomesReady(url, child))) {
    await kill();
    throw new Error(`prometheus did not become ready:\n${said.join('').slice(-2000)}`);
  }
  return {
    url,
    dir,
    port: ownPort,
    suspend: async () => {
      child.kill('SIGSTOP');
      await allThreadsStopped(child.pid!);
    },
    resume: () => void child.kill('SIGCONT'),
    kill,
    remove: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** One that knows these series from its first answer on. */
export async function startBackfilled(series: readonly BackfillSeries[]): Promise<RealPrometheus> {
  const dir = await makePrometheusDir();
  await backfill(dir, series);
  return startPrometheus(dir);
}

/** Queries that a Prometheus has answered since it started, as it counts them itself. */
export async function queriesSoFar(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = [...text.matchAll(/^prometheus_http_requests_total\{.*query(?:_range)?".*\} (\d+)$/gm)];
  return counts.reduce((sum, [, count]) => sum + Number(count), 0);
}

const STOP_POLL_MS = 2;
/** A thread that has ended meanwhile says nothing either. */
const GONE = 'State: T';

async function allThreadsStopped(pid: number): Promise<void> {
  const isStopped = async (thread: string): Promise<boolean> =>
    /^State:\s+T/m.test(await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8').catch(() => GONE));
  for (;;) {
    const stopped = await Promise.all((await readdir(`/proc/${pid}/task`)).map(isStopped));
    if (stopped.every(Boolean)) return;
    await sleep(STOP_POLL_MS);
  }
}

/** Traces of 1995 must neither be deleted for their age nor compacted while a test runs. */
function flags(dir: string, port: number): string[] {
  return [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    '--storage.tsdb.retention.time=100y',
    '--storage.tsdb.min-block-duration=2h',
    '--storage.tsdb.max-block-duration=2h',
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ];
}

/** SIGKILL ends a stopped process as well. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

const READY_TRIES = 600;
const READY_PAUSE_MS = 50;

async function becomesReady(url: string, child: ChildProcess): Promise<boolean> {
  for (let tries = 0; tries < READY_TRIES && child.exitCode === null; tries += 1) {
    const ready = await fetch(`${url}/-/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return true;
    await sleep(READY_PAUSE_MS);
  }
  return false;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
