import { readFile } from 'node:fs/promises';
import { PrescaleError } from '../../domain/errors.ts';

/** The token that a file holds. Rejects with `usage`, which shows nothing of it. */
export async function tokenFrom(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new PrescaleError('usage', `--token-file: cannot read ${file}: ${(error as Error).message}`);
  }
}
