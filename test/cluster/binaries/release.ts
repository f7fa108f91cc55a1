/** Which programs the cluster tests run, in which versions, and the cache folder that holds them once they are built. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The small Go module that pins the versions. */
export const MODULE_FOLDER = join(import.meta.dirname, '..', 'control-plane');

/** Program -> the Go package that it is built from. Most is shared, so that one build makes all of them. */
export const PROGRAMS = {
  etcd: 'go.etcd.io/etcd/server/v3',
  'kube-apiserver': 'k8s.io/kubernetes/cmd/kube-apiserver',
  'kube-controller-manager': 'k8s.io/kubernetes/cmd/kube-controller-manager',
  'kube-scheduler': 'k8s.io/kubernetes/cmd/kube-scheduler',
  kubectl: 'k8s.io/kubernetes/cmd/kubectl',
  kwok: 'sigs.k8s.io/kwok/cmd/kwok',
} as const;
export type Program = keyof typeof PROGRAMS;
export const PROGRAM_NAMES = Object.keys(PROGRAMS) as readonly Program[];

/** `v1.36.3`: the release of the whole control plane, as go.mod has it. */
export function kubernetesVersion(): string {
  const found = /^\s*k8s\.io\/kubernetes (v\S+)$/m.exec(readFileSync(join(MODULE_FOLDER, 'go.mod'), 'utf8'));
  if (found === null) throw new Error('go.mod requires no k8s.io/kubernetes');
  return found[1];
}

/** Kubernetes takes its version from the linker; without one it calls itself v0.0.0 and refuses to compare. */
export function linkerFlags(version: string): string {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(version) ?? [];
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  const set = Object.entries(values).flatMap(([name, value]) =>
    ['k8s.io/component-base', 'k8s.io/client-go/pkg'].map((root) => `-X ${root}/version.${name}=${value}`),
  );
  return ['-s', '-w', ...set].join(' ');
}

/**
 * Outside the clone, so that a fresh clone on the same machine builds nothing. Its name changes with everything that
 * the programs are made from.
 */
export function cacheFolder(): string {
  const version = kubernetesVersion();
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(MODULE_FOLDER, file)));
  hash.update(JSON.stringify([PROGRAMS, linkerFlags(version), process.platform, process.arch]));
  const root = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(root, 'prescale', 'control-plane', `${version}-${hash.digest('hex').slice(0, 12)}`);
}

/** From KUBEBUILDER_ASSETS where the user has the program there, else from the cache; undefined: not built yet. */
export function findProgram(name: Program): string | undefined {
  const folders = [process.env['KUBEBUILDER_ASSETS'], cacheFolder()].filter((folder) => folder !== undefined);
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

export function missingPrograms(): readonly Program[] {
  return PROGRAM_NAMES.filter((name) => findProgram(name) === undefined);
}
