/** Other Node versions, as the npm packages that carry the official binary: no installer, no network but the registry. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The floor of `engines`, and the newest of each line that is supported when this was written. */
export const NODE_VERSIONS = ['20.19.0', '22.23.3', '24.21.0'] as const;

const CACHE_FOLDER = join(process.cwd(), '.cache', 'node');

/** Path of that version's `node`; fetched once, then kept under `.cache/node`. Fails where the registry does not answer. */
export async function nodeBinary(version: string): Promise<string> {
  const folder = join(CACHE_FOLDER, `${version}-${process.arch}`);
  if (!existsSync(folder)) await fetchInto(folder, version);
  return join(folder, 'package', 'bin', 'node');
}

/** Unpacks beside the final place and moves it there whole, so that a broken download leaves nothing to be trusted. */
async function fetchInto(folder: string, version: string): Promise<void> {
  await mkdir(CACHE_FOLDER, { recursive: true });
  const scratch = await mkdtemp(join(CACHE_FOLDER, 'fetch-'));
  try {
    const spec = `node-${process.platform}-${process.arch}@${version}`;
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', scratch, spec]);
    const archive = join(scratch, stdout.trim());
    await run('tar', ['-xzf', archive, '-C', scratch]);
    await rm(archive);
    await rename(scratch, folder);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
