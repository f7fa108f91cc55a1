import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { invalidInput } from '../../domain/errors.ts';

/**
 * Writes text to a file, gzipped where its name ends in .gz. Under another name until it is complete: whoever reads
 * the file finds the old one, or all of the new one.
 */
export async function writeWhole(
  path: string,
  text: AsyncIterable<string>,
  signal: AbortSignal,
): Promise<void> {
  const partial = `${path}.partial-${process.pid}`;
  try {
    await pour(text, createWriteStream(partial), { gzipped: path.endsWith('.gz'), signal });
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    signal.throwIfAborted();
    throw asProblem(path, error);
  }
}

interface PourOptions {
  readonly gzipped: boolean;
  readonly signal: AbortSignal;
}

function pour(text: AsyncIterable<string>, file: Writable, { gzipped, signal }: PourOptions): Promise<void> {
  const source = Readable.from(text);
  return gzipped ? pipeline(source, createGzip(), file, { signal }) : pipeline(source, file, { signal });
}

/** Writes text to standard output. A reader that has seen enough and leaves (`| head`) is no fault: it just ends. */
export async function writeOut(text: AsyncIterable<string>, out: Writable = process.stdout): Promise<void> {
  let gone = false;
  // Beside failing the write, the stream emits the error, which ends the process where nobody listens.
  const onError = (): void => void (gone = true);
  out.on('error', onError);
  for await (const part of text) {
    await new Promise<void>((resolve) => out.write(part, () => resolve()));
    if (gone) return;
  }
}

const UNWRITABLE: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EROFS', 'EPERM'];

function asProblem(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (!UNWRITABLE.includes(code)) return error;
  return invalidInput('the output', [
    { path: '--out', got: `${path} (${code})`, allowed: 'a path that can be written to' },
  ]);
}
