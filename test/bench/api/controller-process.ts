import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const POLICY = 'deploy/demo/checkout.yaml';
const RECORDING = 'deploy/demo/web-shop.csv.gz';
/** Fifteen times life: a tick of 15 s is due each second. */
const SPEED = 15;

export interface ControllerProcess {
  readonly url: string;
  readonly names: readonly string[];
  /** Of the process, so far: the work behind the latencies, whoever else is on the machine. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

/** The product as it is built, deciding for `workloads` copies of the demo's checkout, one tick a second. */
export async function startController(workloads: number): Promise<ControllerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'prescale-bench-'));
  const names = Array.from({ length: workloads }, (_, index) => `checkout-${index}`);
  const policy = readFileSync(POLICY, 'utf8');
  const files = names.map((name) => {
    const file = join(folder, `${name}.yaml`);
    writeFileSync(file, policy.replace('  name: checkout\n', `  name: ${name}\n`));
    return file;
  });
  const child = spawn(
    process.execPath,
    [
      ...['dist/cli.js', 'run', '--policy', ...files],
      ...['--recording', ...files.map(() => RECORDING), '--from=-1d', '--speed', String(SPEED)],
      ...['--dry-run', '--json', '--listen', '127.0.0.1:0'],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const url = await urlFrom(child.stderr);
  await isReady(url);
  return {
    url,
    names,
    cpuSeconds: () => cpuSecondsOf(child.pid!),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    },
  };
}

async function urlFrom(stderr: NodeJS.ReadableStream): Promise<string> {
  let told = '';
  for await (const chunk of stderr) {
    told += String(chunk);
    const [, url] = /API on (http:\S+)/.exec(told) ?? [];
    if (url === undefined) continue;
    // What it says from here on nobody reads, but it must not wait for that.
    stderr.resume();
    return url;
  }
  throw new Error(`the controller ended before it listened: ${told}`);
}

async function isReady(url: string): Promise<void> {
  for (let tries = 0; tries < 240; tries += 1) {
    const { status } = await fetch(`${url}/readyz`);
    if (status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the controller was not ready within two minutes');
}

/** utime and stime (proc(5)), in ticks of 10 ms. */
function cpuSecondsOf(pid: number): number {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(afterName[11]) + Number(afterName[12])) / 100;
}
