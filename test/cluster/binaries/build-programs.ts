/** Builds the control plane's programs from the Go module proxy into the cache folder, with progress on standard error. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { withBuildLock } from './build-lock.ts';
import {
  cacheFolder,
  findProgram,
  kubernetesVersion,
  linkerFlags,
  missingPrograms,
  MODULE_FOLDER,
  PROGRAMS,
  type Program,
} from './release.ts';

export const INSTALL_HINT = `the cluster tests need a real control plane, and found neither Go nor the programs. Either
  - install Go 1.26 or newer (1.21 or newer, where it may fetch a newer toolchain by itself: GOTOOLCHAIN=auto), or
  - set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubectl and kwok`;

const PROGRESS_MS = 10_000;

/** Does nothing where all programs are there. Throws INSTALL_HINT where one is missing and there is no Go. */
export async function ensurePrograms(say: (line: string) => void): Promise<void> {
  if (missingPrograms().length === 0) return;
  await requireGo();
  const folder = cacheFolder();
  const waiting = (pid: number) => say(`another build runs (process ${pid}): waiting for it`);
  await withBuildLock(`${folder}.lock`, waiting, async () => {
    const missing = missingPrograms();
    if (missing.length === 0) return;
    const beganMs = performance.now();
    say(`building Kubernetes ${kubernetesVersion()} (${missing.join(', ')}) into ${folder}`);
    const scratch = `${folder}.building`;
    await rm(scratch, { recursive: true, force: true });
    await mkdir(scratch, { recursive: true });
    await mkdir(folder, { recursive: true });
    for (const name of missing) {
      await build(name, scratch, say);
      // A program that is in the folder is whole: it is moved there when it is.
      await rename(join(scratch, name), join(folder, name));
      say(`${name}: done`);
    }
    await rm(scratch, { recursive: true });
    say(`built in ${Math.round((performance.now() - beganMs) / 1000)} s`);
  });
}

async function requireGo(): Promise<void> {
  const go = await promisify(execFile)('go', ['version'], { cwd: MODULE_FOLDER }).catch(
    (error: Error) => error,
  );
  if (go instanceof Error) throw new Error(`${INSTALL_HINT}\n(go version: ${go.message.trim()})`);
}

async function build(name: Program, folder: string, say: (line: string) => void): Promise<void> {
  const environment = { ...process.env, CGO_ENABLED: '0' };
  const flags = ['-trimpath', '-buildvcs=false', '-ldflags', linkerFlags(kubernetesVersion())];
  // `go build -o FOLDER/` names a program after its package, which for etcd is "server": its name is given here.
  const args = ['build', '-v', ...flags, '-o', join(folder, name), PROGRAMS[name]];
  await runGo(args, environment, progressOf(name, say));
}

/** Tells how many packages are compiled, every few seconds at most. */
function progressOf(name: Program, say: (line: string) => void): (line: string) => void {
  let packages = 0;
  let toldMs = performance.now();
  return (line) => {
    packages += line.startsWith('go: downloading') ? 0 : 1;
    if (performance.now() - toldMs < PROGRESS_MS) return;
    toldMs = performance.now();
    say(packages === 0 ? line : `${name}: ${packages} packages compiled`);
  };
}

async function runGo(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  onLine: (line: string) => void,
): Promise<void> {
  const child = spawn('go', args, { cwd: MODULE_FOLDER, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const tail: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    onLine(line);
    tail.push(line);
    if (tail.length > 30) tail.shift();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`go ${args.join(' ')} failed:\n${tail.join('\n')}`);
}

/** Where a program is; throws what to do where it is not there. */
export function requireProgram(name: Program): string {
  const file = findProgram(name);
  if (file === undefined) throw new Error(`${name} is not built yet: npm run test:cluster`);
  return file;
}
