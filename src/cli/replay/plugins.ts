import { isAbsolute, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrescaleError } from '../../domain/errors.ts';
import type { ReplayAutoscaler } from '../../replay/autoscaler.ts';
import type { Plugin } from '../../replay/rivals.ts';

/**
 * Policies of the user's own: an ES module each that exports `name` and `create()`, whose result has `desire(view)`,
 * the count wanted now (see `ReplayView`). Throws `usage` that names the file where it is none.
 */
export async function loadPlugins(files: readonly string[], folder: string): Promise<readonly Plugin[]> {
  return Promise.all(files.map((file) => loadPlugin(file, isAbsolute(file) ? file : join(folder, file))));
}

async function loadPlugin(file: string, path: string): Promise<Plugin> {
  const loaded = await importModule(file, path);
  const { name, create } = loaded;
  if (typeof name !== 'string' || name === '' || typeof create !== 'function')
    throw refused(file, 'a module without them', 'exports name (text) and create (function)');
  return { name, create: () => checked(name, (create as () => Partial<ReplayAutoscaler>)()) };
}

async function importModule(file: string, path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    throw refused(file, error instanceof Error ? error.message : String(error), 'an ES module');
  }
}

function checked(name: string, { desire }: Partial<ReplayAutoscaler>): ReplayAutoscaler {
  if (typeof desire !== 'function') throw refused(name, 'no desire', 'create() gives { desire(view) }');
  return {
    name,
    desire(view) {
      const replicas = desire(view);
      if (Number.isInteger(replicas) && replicas >= 0) return replicas;
      throw refused(name, `desire() gave ${String(replicas)}`, 'a whole number of at least 0');
    },
  };
}

function refused(what: string, got: string, allowed: string): PrescaleError {
  return new PrescaleError('usage', `--plugin ${what}: got ${got}, allowed: ${allowed}`);
}
