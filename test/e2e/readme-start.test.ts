import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { cloneHead } from './installed-clone.ts';
import { runLine, runProgram, userEnvironment } from './run-command.ts';

const scratch = await mkdtemp(join(tmpdir(), 'prescale-start-'));
const started: ChildProcess[] = [];
afterAll(async () => {
  // Each line runs in a process group of its own, so that a failed test leaves no controller behind.
  for (const { pid } of started) {
    try {
      process.kill(-pid!, 'SIGKILL');
    } catch {
      // The group has ended, as it should.
    }
  }
  await rm(scratch, { recursive: true, force: true });
});

/** What a line that goes on has printed so far. */
interface RunningLine {
  readonly child: ChildProcess;
  output(): string;
}

function startLine(line: string, cwd: string): RunningLine {
  const child = spawn('sh', ['-c', line], {
    cwd,
    env: userEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(child);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  return { child, output: () => output };
}

/** Asks every 100 ms until the answer is not undefined. */
async function eventually<T>(what: string, ask: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const deadline = performance.now() + 500_000;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await wait(100);
  }
  throw new Error(`waited in vain for ${what}`);
}

async function answers(url: string): Promise<Response | undefined> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true ? response : undefined;
}

/** The controller itself, below the shell and npm. */
async function findController(folder: string): Promise<number | undefined> {
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const argv = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
    const cwd = await readFile(`/proc/${name}/environ`, 'utf8').catch(() => '');
    if (argv.includes('dist/cli.js\0run') && cwd.includes(`PWD=${folder}\0`)) return Number(name);
  }
  return undefined;
}

async function rssBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

/** The README's questions to the API; it answers on the port that they name. */
async function curlExamples(folder: string): Promise<string[]> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  const examples = readme.split('\n').filter((line) => line.startsWith('curl '));
  expect(examples.length).toBeGreaterThan(1);
  return examples;
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

test.skipIf(process.platform !== 'linux')(
  "the README's first command, in a clean clone: summary, API, then a graceful end (skipped: needs /proc)",
  async () => {
    const folder = await cloneHead(join(scratch, 'prescale'));
    const line = await runProgram(process.execPath, ['.ci/readme-command.js', 'start'], { cwd: folder });
    const began = performance.now();
    const running = startLine(line.stdout.trim(), folder);

    await eventually('the summary', () => {
      if (running.child.exitCode !== null) throw new Error(`it ended:\n${running.output()}`);
      return /replica-hours/i.test(running.output()) ? true : undefined;
    });
    const seconds = (performance.now() - began) / 1000;
    const baseUrl = /http:\/\/127\.0\.0\.1:\d+/.exec(running.output())?.[0] ?? 'http://127.0.0.1:8080';
    await eventually('/healthz', () => answers(`${baseUrl}/healthz`));
    const listed = await eventually('/api/v1/autoscalers', () => answers(`${baseUrl}/api/v1/autoscalers`));
    expect(JSON.stringify(await listed.json())).toContain('checkout');

    for (const example of await curlExamples(folder)) {
      const { exitCode, stdout, stderr } = await runLine(example, { cwd: folder });
      expect({ exitCode, stderr }, example).toEqual({ exitCode: 0, stderr: '' });
      expect(JSON.parse(stdout), example).not.toHaveProperty('status');
    }

    const pid = await eventually('the controller process', () => findController(folder));
    await wait(1000);
    const rss = await rssBytes(pid);
    const modules = await runProgram('du', ['-sb', 'node_modules'], { cwd: folder });
    console.log(
      `${line.stdout.trim()}: ${seconds.toFixed(1)} s to the summary, ` +
        `node_modules ${megabytes(Number.parseInt(modules.stdout))}, RSS ${megabytes(rss)}`,
    );

    const ended = once(running.child, 'close');
    process.kill(pid, 'SIGTERM');
    const [exitCode] = (await ended) as [number | null];
    expect(exitCode, running.output()).toBe(0);
    expect(running.output()).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  },
);
