import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { loadRecording } from '../../../../src/observe/recording/load-recording.ts';
import type { Recording } from '../../../../src/observe/recording/recording.ts';
import { PrescaleError } from '../../../../src/domain/errors.ts';

/** A recording from text or bytes, as if from a stream that gives `chunkBytes` at a time. */
export function loadText(content: string | Uint8Array, chunkBytes = Infinity): Promise<Recording> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const chunks: Uint8Array[] = [];
  const size = Math.min(chunkBytes, Math.max(1, bytes.length));
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
  return loadRecording({ name: 'test', stream: Readable.from(chunks) });
}

export function gzipped(text: string): Uint8Array {
  return gzipSync(text);
}

/** The one problem that refuses `content`. */
export async function refusalOf(content: string | Uint8Array): Promise<string> {
  const error = await loadText(content).then(
    () => undefined,
    (caught: unknown) => caught,
  );
  if (!(error instanceof PrescaleError)) throw new Error(`not refused: ${String(error)}`);
  if (error.code !== 'invalidInput') throw error;
  return error.message;
}

/** Values with gaps as null: readable in expectations. */
export function valuesOf(recording: Recording): (number | null)[] {
  return [...recording.columns.arrivalRate.values].map((value) => (Number.isNaN(value) ? null : value));
}
