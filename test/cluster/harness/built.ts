/**
 * Before the first file: the product as users get it. A controller of a cluster test is a process of its own, and starts
 * in a third of the time from what `npm run build` makes.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What `node` starts. */
export const BUILT_CLI = join(ROOT, 'dist', 'cli.js');

export default async function build(): Promise<void> {
  await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: ROOT });
}
