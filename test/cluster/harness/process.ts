/** A program that the tests start: its output kept in a file, and never outliving the process that started it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface RunningProcess {
  readonly pid: number;
  /** Whether it has ended, by itself or by us. */
  hasEnded(): boolean;
  /** Accepts connections and answers nothing (SIGSTOP), until `resume`. */
  suspend(): void;
  resume(): void;
  signal(name: NodeJS.Signals): void;
  /** SIGTERM; resolves to its exit code, null where it had to be killed. */
  end(): Promise<number | null>;
  /** SIGKILL; ends a suspended process as well. Resolves when it is gone. */
  kill(): Promise<void>;
  /** The end of its log, for an error message. */
  logTail(): string;
}

export interface ProgramStart {
  readonly file: string;
  readonly args: readonly string[];
  readonly logFile: string;
  /** Beside that of the tests. */
  readonly environment?: Readonly<Record<string, string>>;
}

// The kernel kills the program when its parent is gone, also after kill -9 of the tests.
const SETPRIV = '/usr/bin/setpriv';
const withParent = (file: string, args: readonly string[]): [string, readonly string[]] =>
  existsSync(SETPRIV) ? [SETPRIV, ['--pdeathsig', 'KILL', file, ...args]] : [file, args];

/** What a program may take to end by itself. */
const END_GRACE_MS = 30_000;

export function startProcess({ file, args, logFile, environment = {} }: ProgramStart): RunningProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(...withParent(file, args), {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...environment },
  });
  closeSync(log);
  const killWithUs = () => void child.kill('SIGKILL');
  process.once('exit', killWithUs);
  child.once('exit', () => process.removeListener('exit', killWithUs));
  child.once('error', () => undefined);
  return {
    pid: child.pid ?? -1,
    hasEnded: () => isOver(child),
    suspend: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    signal: (name) => void child.kill(name),
    async end() {
      if (isOver(child)) return child.exitCode;
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      const killing = setTimeout(() => void child.kill('SIGKILL'), END_GRACE_MS);
      await exit;
      clearTimeout(killing);
      return child.exitCode;
    },
    async kill() {
      if (isOver(child)) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
    logTail: () => readFileSync(logFile, 'utf8').slice(-3000),
  };
}

function isOver(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

const READY_PAUSE_MS = 100;

/** Waits until `isReady`; throws with the end of the log when the program ends before, or is not ready in time. */
export async function becomesReady(
  name: string,
  running: RunningProcess,
  isReady: () => Promise<boolean>,
  withinSeconds = 120,
): Promise<void> {
  const endMs = performance.now() + withinSeconds * 1000;
  while (performance.now() < endMs) {
    if (running.hasEnded()) throw new Error(`${name} ended before it was ready:\n${running.logTail()}`);
    if (await isReady().catch(() => false)) return;
    await sleep(READY_PAUSE_MS);
  }
  throw new Error(`${name} was not ready within ${withinSeconds} s:\n${running.logTail()}`);
}
