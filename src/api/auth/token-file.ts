import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { invalidInput } from '../../domain/errors.ts';

/** Whether who brings this token may ask. */
export type TokenCheck = (token: string) => Promise<boolean>;

const LEAST_CHARACTERS = 16;
const FORM = `a file with one token of at least ${LEAST_CHARACTERS} characters and no space`;

/**
 * The token that a file holds. A file that changes is read again with the next request; one that has gone, or holds no
 * token any more, lets nobody in. Rejects with `invalidInput`, which does not show what the file holds, where it is not
 * a token's file from the start.
 */
export async function openTokenFile(path: string): Promise<TokenCheck> {
  let kept = await readToken(path).catch((error: unknown) => {
    throw invalidInput('the token file', [
      { path: '--api-token-file', got: faultOf(path, error), allowed: FORM },
    ]);
  });
  return async (token) => {
    try {
      if ((await versionOf(path)) !== kept.version) kept = await readToken(path);
    } catch {
      return false;
    }
    return timingSafeEqual(digestOf(token), kept.digest);
  };
}

async function readToken(path: string): Promise<{ readonly version: string; readonly digest: Buffer }> {
  const version = await versionOf(path);
  const token = (await readFile(path, 'utf8')).trim();
  if (token.length < LEAST_CHARACTERS || /\s/.test(token)) throw new Error('it holds something else');
  return { version, digest: digestOf(token) };
}

async function versionOf(path: string): Promise<string> {
  const { ino, mtimeMs, size } = await stat(path);
  return `${ino} ${mtimeMs} ${size}`;
}

/** Of one length, so that comparing takes the same time whatever was brought. */
function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function faultOf(path: string, error: unknown): string {
  return `${path}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`;
}
