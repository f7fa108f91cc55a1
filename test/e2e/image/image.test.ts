/** The image, without a registry: its Dockerfile's own steps, and the result as a locked-down pod runs it. */
import { execFile } from 'node:child_process';
import { readdir, readFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeBinary } from '../../node-matrix/node-binary.ts';
import type { RunResult } from '../run-command.ts';
import { buildImage } from './build-image.ts';
import { allowedByIgnoreFile, readDockerfile, type Dockerfile } from './dockerfile.ts';
import { runImage } from './run-image.ts';

const clone = inject('clone');
const MAX_MEGABYTES = 60;

/** Mount namespaces are the kernel's, and root's. */
const canMount = await promisify(execFile)('unshare', ['--mount', 'true']).then(
  () => true,
  () => false,
);

let scratch: string;
let dockerfile: Dockerfile;
let node: string;
let root: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'prescale-image-'));
  dockerfile = readDockerfile(await readFile(join(clone, 'deploy', 'Dockerfile'), 'utf8'));
  node = await nodeBinary('22.23.3');
  const ignoreFile = await readFile(join(clone, 'deploy', 'Dockerfile.dockerignore'), 'utf8');
  root = await buildImage({
    dockerfile,
    context: clone,
    allowed: allowedByIgnoreFile(ignoreFile),
    scratch,
    path: [dirname(node), process.env['PATH']].join(delimiter),
  });
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

const inImage = (args: readonly string[], entrypoint?: readonly string[]): Promise<RunResult> =>
  runImage({
    root,
    config: dockerfile.config,
    node,
    args,
    data: join(clone, 'deploy', 'demo'),
    scratch,
    ...(entrypoint && { entrypoint }),
  });

test('every stage starts from Debian slim with Node 22, and nobody is root at the end', () => {
  for (const { base } of dockerfile.stages) expect(base).toMatch(/^node:22-\w+-slim$/);
  expect(dockerfile.config.user).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(dockerfile.config.entrypoint[0]).toBe('node');
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
  const { stdout } = await promisify(execFile)('du', ['-sb', root]);
  const megabytes = Number.parseInt(stdout) / 1e6;
  console.log(`image without its base: ${megabytes.toFixed(0)} MB, ${files.length} files`);
  expect(megabytes).toBeLessThan(MAX_MEGABYTES);
});

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
