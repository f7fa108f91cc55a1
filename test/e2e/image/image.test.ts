/** The images, without a registry: their Dockerfile's own steps, and the results as a locked-down pod runs them. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { parse } from 'yaml';
import { nodeBinary } from '../../node-matrix/node-binary.ts';
import { recordedSeries } from '../../../src/cli/evaluate/recorded-series.ts';
import { seriesFileName, writeSeries } from '../../../src/observe/series-folder.ts';
import { compilePolicy } from '../../../src/policy/compile-policy.ts';
import { parsePolicyText } from '../../../src/policy/policy-text.ts';
import type { RunResult } from '../run-command.ts';
import { buildStages } from './build-image.ts';
import { allowedByIgnoreFile, readDockerfile, type Dockerfile, type ImageConfig } from './dockerfile.ts';
import { runImage } from './run-image.ts';

const clone = inject('clone');
const MAX_MEGABYTES = 60;
const MAX_TRAINING_MEGABYTES = 110;

/** Mount namespaces are the kernel's, and root's. */
const canMount = await promisify(execFile)('unshare', ['--mount', 'true']).then(
  () => true,
  () => false,
);

let scratch: string;
let dockerfile: Dockerfile;
let node: string;
let root: string;
let config: ImageConfig;
let training: { readonly root: string; readonly config: ImageConfig };

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'prescale-image-'));
  dockerfile = readDockerfile(await readFile(join(clone, 'deploy', 'Dockerfile'), 'utf8'));
  node = await nodeBinary('22.23.3');
  const ignoreFile = await readFile(join(clone, 'deploy', 'Dockerfile.dockerignore'), 'utf8');
  const roots = await buildStages({
    dockerfile,
    context: clone,
    allowed: allowedByIgnoreFile(ignoreFile),
    scratch,
    path: [dirname(node), process.env['PATH']].join(delimiter),
  });
  const { stages } = dockerfile;
  root = roots.at(-1)!;
  config = stages.at(-1)!.config;
  const at = stages.findIndex(({ name }) => name === 'training');
  training = { root: roots[at], config: stages[at].config };
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const inImage = (args: readonly string[], entrypoint?: readonly string[]): Promise<RunResult> =>
  runImage({
    root,
    config,
    node,
    args,
    data: join(clone, 'deploy', 'demo'),
    scratch,
    ...(entrypoint && { entrypoint }),
  });

test('every stage starts from Debian slim with Node 22, and nobody is root at the end', () => {
  for (const { base } of dockerfile.stages) expect(base).toMatch(/^node:22-\w+-slim$/);
  for (const { user, entrypoint } of [config, training.config]) {
    expect(user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    expect(entrypoint[0]).toBe('node');
  }
});

test('holds what runs and little else', async () => {
  expect((await readdir(join(root, 'app'))).sort()).toEqual([
    'LICENSE',
    'dist',
    'models',
    'node_modules',
    'package.json',
    'src',
  ]);
  expect(await readdir(join(root, 'app', 'src'))).toEqual(['dashboard']);
  const files = await readdir(root, { recursive: true });
  expect(
    files.filter((file) => /\.(map|ts|tsbuildinfo)$|\/(typescript|vitest|@tensorflow)\//.test(file)),
  ).toEqual([]);
  const megabytes = await megabytesOf(root);
  console.log(`image without its base: ${megabytes.toFixed(0)} MB, ${files.length} files`);
  expect(megabytes).toBeLessThan(MAX_MEGABYTES);
});

async function megabytesOf(folder: string): Promise<number> {
  const { stdout } = await promisify(execFile)('du', ['-sb', folder]);
  return Number.parseInt(stdout) / 1e6;
}

test('the one for training brings TensorFlow.js on WebAssembly, and not its native package', async () => {
  const packages = await readdir(join(training.root, 'app', 'node_modules', '@tensorflow'));
  expect(packages.sort()).toEqual(['tfjs-backend-cpu', 'tfjs-backend-wasm', 'tfjs-core', 'tfjs-layers']);
  const megabytes = await megabytesOf(training.root);
  console.log(`image for training without its base: ${megabytes.toFixed(0)} MB`);
  expect(megabytes).toBeLessThan(MAX_TRAINING_MEGABYTES);
});

/** What the Job starts it with, for the only class of a policy in a file. */
async function trainingArguments(): Promise<readonly string[]> {
  const job = parse(await readFile(join(clone, 'deploy', 'components', 'training', 'job.yaml'), 'utf8')) as {
    spec: { template: { spec: { containers: readonly [{ args: readonly string[] }] } } };
  };
  const { args } = job.spec.template.spec.containers[0];
  const ours = ['--policy=/data/checkout.yaml', '--epochs=1', '--json'];
  return [...args.map((arg) => (arg.startsWith('--share=') ? '--share=0/1' : arg)), ...ours];
}

/** A volume that holds the demo's history, as the controller keeps it. */
async function storeWithHistory(): Promise<string> {
  const [store, demo] = [join(scratch, 'store'), join(clone, 'deploy', 'demo')];
  const [policy] = parsePolicyText(await readFile(join(demo, 'checkout.yaml'), 'utf8'));
  const { series } = await recordedSeries(join(demo, 'web-shop.csv.gz'), undefined);
  await mkdir(join(store, 'series'), { recursive: true });
  await chmod(store, 0o777);
  await writeSeries(join(store, 'series'), seriesFileName(compilePolicy(policy)), series);
  return store;
}

describe.skipIf(!canMount)(
  'unprivileged, where nothing can be written (skipped: needs root for unshare)',
  () => {
    test('tells its version, on the Node of the image', async () => {
      const { exitCode, stdout, stderr } = await inImage(['version', '--json']);
      expect(exitCode, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        node: expect.stringContaining('22.'),
        tensorflow: expect.anything(),
      });
    });

    test('decides a dry run from a recording, with the network it ships', async () => {
      const play = ['--from=-3h', '--speed', 'max', '--dry-run', '--listen', '127.0.0.1:0'];
      const files = ['--policy', '/data/checkout.yaml', '--recording', '/data/web-shop.csv.gz'];
      const { exitCode, stdout, stderr } = await inImage(['run', ...files, ...play]);
      expect(exitCode, stdout + stderr).toBe(0);
      expect(stdout + stderr).toMatch(/replica-hours/i);
      expect(stdout + stderr).not.toMatch(/ArtefactMissing|EROFS|EACCES/);
    });

    test('trains the network of a class as the Job has it, and writes to the volume alone', async () => {
      const store = await storeWithHistory();
      const [args, data] = [await trainingArguments(), join(clone, 'deploy', 'demo')];
      const { exitCode, stdout, stderr } = await runImage({ ...training, node, args, data, store, scratch });
      expect(exitCode, stderr).toBe(0);
      const { classes } = JSON.parse(stdout) as { classes: readonly object[] };
      expect(classes).toMatchObject([
        { class: 'default', workloads: 1, learnedFrom: 1, verdict: { days: expect.any(Number) as number } },
      ]);
      expect(await readdir(join(store, 'networks', 'default'))).toContain('training.json');
    });

    test('the controller’s does not train, and says why', async () => {
      const store = await storeWithHistory();
      const [args, data] = [await trainingArguments(), join(clone, 'deploy', 'demo')];
      const { exitCode, stderr } = await runImage({
        root,
        config,
        node,
        args: [...args, '--seed=2'],
        data,
        store,
        scratch,
      });
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/TensorFlow\.js cannot be loaded/);
    });

    test('says in a sentence what is missing where there is no cluster', async () => {
      const { exitCode, stderr } = await inImage(['run']);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/--prometheus/);
      expect(stderr).not.toMatch(/^\s+at /m);
    });

    test('and it is so: no user but its own, no shell, no place to write to', async () => {
      const look = `
      const { writeFileSync, existsSync } = require('node:fs');
      const refused = ['/app/x', '/x', '/usr/local/bin/x', '/data/x'].map((file) => {
        try { writeFileSync(file, ''); return 'written'; } catch (error) { return error.code; }
      });
      console.log(JSON.stringify({ user: process.getuid(), group: process.getgid(), refused, shell: existsSync('/bin/sh') }));`;
      const { stdout, stderr } = await inImage(['-e', look], ['node']);
      expect(JSON.parse(stdout || stderr)).toEqual({
        user: 65532,
        group: 65532,
        refused: ['EROFS', 'EROFS', 'EROFS', 'EROFS'],
        shell: false,
      });
    });
  },
);
