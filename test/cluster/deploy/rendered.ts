/** What `deploy/` comes to: by kustomize (the one inside kubectl) and by Helm. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments, stringify } from 'yaml';
import { requireProgram } from '../binaries/build-programs.ts';
import { requireHelm } from '../binaries/helm.ts';

export interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

const DEPLOY = join(import.meta.dirname, '..', '..', '..', 'deploy');
const CACHE = join(DEPLOY, '..', '.cache');
const run = promisify(execFile);
const MAX_BYTES = { maxBuffer: 16 * 1024 * 1024 };

export async function kustomizeText(folder: string): Promise<string> {
  const { stdout } = await run(requireProgram('kubectl'), ['kustomize', folder], MAX_BYTES);
  return stdout;
}

export async function kustomized(overlay: string): Promise<readonly Rendered[]> {
  return objectsOf(await kustomizeText(join(DEPLOY, 'overlays', overlay)));
}

/** An overlay of a user's own: one of ours, with components and whatever more. */
export async function kustomizedWith(overlay: string, more: object): Promise<readonly Rendered[]> {
  return objectsOf(await kustomizeTextWith(overlay, more));
}

export async function kustomizeTextWith(overlay: string, more: object): Promise<string> {
  // kustomize reads nothing outside of the folder, but follows references to other kustomizations.
  await mkdir(CACHE, { recursive: true });
  const folder = await mkdtemp(join(CACHE, 'overlay-'));
  try {
    const at = (path: string) => relative(folder, join(DEPLOY, path));
    const { components = [], ...rest } = more as { components?: readonly string[] };
    const kustomization = {
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: [at(`overlays/${overlay}`)],
      components: components.map((name) => at(`components/${name}`)),
      ...rest,
    };
    await writeFile(join(folder, 'kustomization.yaml'), stringify(kustomization));
    return await kustomizeText(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function helm(...args: string[]): Promise<string> {
  const { stdout } = await run(requireHelm(), args, MAX_BYTES);
  return stdout;
}

export function helmText(namespace: string, ...set: string[]): Promise<string> {
  const values = set.flatMap((one) => ['--set', one]);
  return helm('template', 'prescale', DEPLOY, '--namespace', namespace, ...values);
}

export async function helmed(namespace: string, ...set: string[]): Promise<readonly Rendered[]> {
  return objectsOf(await helmText(namespace, ...set));
}

export const chartFolder = DEPLOY;

function objectsOf(text: string): readonly Rendered[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}
