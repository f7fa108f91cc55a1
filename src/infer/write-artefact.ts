import { copyFile, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Artefact } from './artefact.ts';

/**
 * Puts a network in its place at once: written beside, brought to the disk, renamed. Whoever is killed on the way leaves
 * the file that was there. That one is kept as `previous-NAME`.
 */
export async function writeArtefact(file: string, artefact: Artefact): Promise<void> {
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  try {
    await handle.writeFile(`${JSON.stringify(artefact, null, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await keepPrevious(file);
  await rename(part, file);
}

async function keepPrevious(file: string): Promise<void> {
  const kept = join(dirname(file), `previous-${basename(file)}`);
  try {
    await copyFile(file, `${kept}.part`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rename(`${kept}.part`, kept);
}
