import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PrescaleError } from '../../domain/errors.ts';

const RECORDING_NAME = /\.(csv|json)(\.gz)?$/;

/** The files as they are named, in place of a folder the recordings in it (CSV and JSON, gzipped or not) by name. */
export async function recordingFiles(paths: readonly string[]): Promise<readonly string[]> {
  return (await Promise.all(paths.map(filesOf))).flat();
}

async function filesOf(path: string): Promise<readonly string[]> {
  if (path === '-' || !(await isFolder(path))) return [path];
  const names = (await readdir(path)).filter((name) => RECORDING_NAME.test(name)).sort();
  if (names.length === 0)
    throw new PrescaleError(
      'usage',
      `--recording: got the folder ${path} without any, allowed: one with .csv, .json, .csv.gz or .json.gz files`,
    );
  return names.map((name) => join(path, name));
}

/** What is not there is told by who reads it. */
async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
