/** What `npm pack` makes, in an empty folder: it needs no clone and no compiler. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runProgram, userEnvironment, type RunResult } from './run-command.ts';

const MAX_PACKED_MEGABYTES = 1.2;

let folder: string;
let serving: ChildProcess | undefined;

/** As `npm pack --json` and `npm i` leave it. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}
let packed: Packed;

const prescale = (...args: string[]): Promise<RunResult> =>
  runProgram('npx', ['--no-install', 'prescale', ...args], { cwd: folder });
const DEMO = join('node_modules', 'prescale', 'deploy', 'demo');
const RUN = ['run', '--policy', join(DEMO, 'checkout.yaml'), '--recording', join(DEMO, 'web-shop.csv.gz')];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prescale-tarball-'));
  const args = ['pack', '--json', '--pack-destination', folder];
  const result = await runProgram('npm', args, { cwd: inject('clone') });
  expect(result.exitCode, result.stderr).toBe(0);
  [packed] = JSON.parse(result.stdout.slice(result.stdout.indexOf('[\n'))) as [Packed];
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n');
  const install = ['i', `./${packed.filename}`, '--omit=dev', '--no-audit', '--no-fund'];
  const installed = await runProgram('npm', install, { cwd: folder });
  expect(installed.exitCode, installed.stdout + installed.stderr).toBe(0);
});
afterAll(async () => {
  serving?.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

test('is lean: what runs, what deploys, what is to be read', async () => {
  const paths = packed.files.map(({ path }) => path);
  const tops = [...new Set(paths.map((path) => path.split('/')[0]))].sort();
  const allowed = ['CHANGELOG.md', 'LICENSE', 'README.md', 'deploy', 'dist', 'models', 'package.json', 'src'];
  expect(allowed).toEqual(expect.arrayContaining(tops));
  expect(paths).toContain('deploy/Chart.yaml');
  expect(paths.filter((path) => /\.(map|d\.ts|tsbuildinfo)$|^(test|\.ci)\/|\.test\./.test(path))).toEqual([]);
  // The pages of the dashboard are served as they are written; no other source is needed.
  expect(paths.filter((path) => path.startsWith('src/') && !path.startsWith('src/dashboard/'))).toEqual([]);
  console.log(`npm pack: ${(packed.size / 1e6).toFixed(2)} MB, ${paths.length} files`);
  expect(packed.size / 1e6).toBeLessThan(MAX_PACKED_MEGABYTES);
  expect(await readdir(join(folder, 'node_modules', '.bin'))).toContain('prescale');
  expect(existsSync(join(folder, 'node_modules', 'typescript'))).toBe(false);
});

test('tells its version', async () => {
  const short = await prescale('--version');
  expect(short.exitCode, short.stderr).toBe(0);
  expect(short.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const long = await prescale('version', '--json');
  expect(JSON.parse(long.stdout)).toMatchObject({ prescale: short.stdout.trim() });
});

test('decides a dry run, with the network that comes with it', async () => {
  const play = ['--from=-3h', '--speed', 'max', '--dry-run', '--listen', '127.0.0.1:0'];
  const { exitCode, stdout, stderr } = await prescale(...RUN, ...play);
  expect(exitCode, stdout + stderr).toBe(0);
  expect(stdout + stderr).toMatch(/replica-hours/i);
  expect(stdout + stderr).not.toContain('ArtefactMissing');
});

describe('while it serves', () => {
  let url: string;
  beforeAll(async () => {
    const bin = join(folder, 'node_modules', '.bin', 'prescale');
    const play = ['--from=-1h', '--speed', 'max', '--dry-run', '--keep-serving', '--listen', '127.0.0.1:0'];
    serving = spawn(bin, [...RUN, ...play], {
      cwd: folder,
      env: userEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [serving.stdout!, serving.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    while (!/replica-hours/i.test(output)) {
      if (serving.exitCode !== null) throw new Error(`it ended:\n${output}`);
      await sleep(100);
    }
    url = /http:\/\/127\.0\.0\.1:\d+/.exec(output)![0];
  });

  test('the API answers', async () => {
    const decisions = await fetch(`${url}/api/v1/autoscalers/shop/checkout/decisions?limit=5`);
    expect(decisions.status).toBe(200);
    expect(JSON.stringify(await decisions.json())).toContain('checkout');
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('prescale_recommended_replicas{');
  });

  test('the dashboard and everything that its page asks for is there', async () => {
    for (const path of ['/', '/docs']) {
      const page = await fetch(url + path);
      expect(page.headers.get('content-type'), path).toMatch(/text\/html/);
      const html = await page.text();
      const asked = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, reference]) => reference);
      expect(asked.length, path).toBeGreaterThan(0);
      for (const reference of asked.filter((one) => !one.startsWith('data:')))
        expect((await fetch(new URL(reference, url + path))).status, `${path}: ${reference}`).toBe(200);
    }
  });

  test('and it ends on SIGTERM', async () => {
    const exit = once(serving!, 'exit');
    serving!.kill('SIGTERM');
    expect((await exit)[0]).toBe(0);
  });
});
