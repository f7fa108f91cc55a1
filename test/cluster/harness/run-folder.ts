/** One folder for each control plane; those of processes that were killed are removed by the next start. */
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from '../binaries/build-lock.ts';

export const RUNS_FOLDER = join(import.meta.dirname, '..', '..', '..', '.cache', 'cluster');

let started = 0;

/** `.cache/cluster/<pid of the tests>-<number>`. */
export async function makeRunFolder(): Promise<string> {
  await mkdir(RUNS_FOLDER, { recursive: true });
  for (const name of await readdir(RUNS_FOLDER)) {
    const pid = Number(name.split('-')[0]);
    if (Number.isInteger(pid) && !isAlive(pid))
      await rm(join(RUNS_FOLDER, name), { recursive: true, force: true });
  }
  started += 1;
  const folder = join(RUNS_FOLDER, `${process.pid}-${started}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  return folder;
}
