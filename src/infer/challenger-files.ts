import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { WORKLOAD_CLASS_PATTERN } from '../domain/workload-class.ts';

/** In the place of a class: the file is that of all of them. No class has this name. */
export const EVERY_CLASS = '*';

/** What `prescale train` writes, in whatever folder. */
export const NETWORK_FILE = 'lstm.json';

/** Where the network of a class is in a folder of several. */
export function classNetworkFile(folder: string, workloadClass: string): string {
  return join(folder, workloadClass, NETWORK_FILE);
}

/**
 * Files that may be there, by class: of a folder, that of each class which has a folder in it; else the path itself, for
 * every class. Names that no class may have are left out.
 */
export async function challengerFiles(path: string): Promise<ReadonlyMap<string, string>> {
  try {
    const classes = (await readdir(path)).filter((name) => WORKLOAD_CLASS_PATTERN.test(name));
    return new Map(classes.map((name) => [name, classNetworkFile(path, name)]));
  } catch {
    return new Map([[EVERY_CLASS, path]]);
  }
}
