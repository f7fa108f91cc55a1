/** Runs programs the way a person at a shell does, and tells what came of it. */
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd: string;
  /** Added to the user's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface RunResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** `command` with these arguments; resolves when it has ended, whatever its exit code. */
export function runProgram(
  command: string,
  args: readonly string[],
  { cwd, env = {}, input = '' }: RunOptions,
): Promise<RunResult> {
  const began = performance.now();
  const child = spawn(command, args, { cwd, env: { ...userEnvironment(), ...env }, stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  // A program that ends before it has read its input closes the pipe: that is its right.
  child.stdin.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) =>
      resolve({ exitCode, stdout, stderr, seconds: (performance.now() - began) / 1000 }),
    );
  });
}

/** A line as it is typed. */
export function runLine(line: string, options: RunOptions): Promise<RunResult> {
  return runProgram('sh', ['-c', line], options);
}

/** Without what npm and vitest set for their children: a user's shell has none of it. */
export function userEnvironment(): NodeJS.ProcessEnv {
  const inherited =
    /^(npm_|VITEST|NODE_ENV$|NODE_OPTIONS$|NODE_V8_COVERAGE$|TEST$|PROD$|DEV$|MODE$|SSR$|BASE_URL$|INIT_CWD$|PRESCALE_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !inherited.test(name)));
}
