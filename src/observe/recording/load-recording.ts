import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { invalidInput, PrescaleError } from '../../domain/errors.ts';
import { FormatDetector } from './detect-format.ts';
import { gridFromTables, type ReadTables } from './grid-from-tables.ts';
import { type Recording, recordingName } from './recording.ts';

export interface LoadOptions {
  readonly signal?: AbortSignal;
  /** Called after each chunk; `totalBytes` is null for a stream, whose length is not known. */
  readonly onProgress?: (readBytes: number, totalBytes: number | null) => void;
}

/** Anything that is read once, such as `{ name: 'stdin', stream: process.stdin }`. */
export interface NamedStream {
  readonly name: string;
  readonly stream: Readable;
}

interface Input extends NamedStream {
  readonly totalBytes: number | null;
}

const CHUNK_BYTES = 1_048_576;
const GZIP_MAGIC = [0x1f, 0x8b];
const READABLE_FORM = 'a readable file of CSV or Prometheus JSON, plain or gzipped, or - for standard input';

/**
 * Reads a recording from a file, from standard input (`-`) or from any stream: CSV or the JSON of Prometheus'
 * `/api/v1/query_range`, gzipped or not, told apart by their first bytes. Bytes are parsed as they come; what stays
 * is eight bytes a value. Throws `invalidInput` that names the recording, the line, what was got and what is
 * allowed; or the signal's reason when it is aborted.
 */
export async function loadRecording(
  source: string | NamedStream,
  options: LoadOptions = {},
): Promise<Recording> {
  const input = await openInput(source);
  return gridFromTables(await readTables(input, options));
}

async function openInput(source: string | NamedStream): Promise<Input> {
  if (typeof source !== 'string') return { ...source, totalBytes: null };
  if (source === '-') return { name: 'stdin', stream: process.stdin, totalBytes: null };
  const { size } = await stat(source).catch((error: unknown) => {
    throw unreadable(source, error);
  });
  const stream = createReadStream(source, { highWaterMark: CHUNK_BYTES });
  return { name: recordingName(source), stream, totalBytes: size };
}

async function readTables(input: Input, options: LoadOptions): Promise<ReadTables> {
  const counter = { readBytes: 0 };
  const doneRatio = () => (input.totalBytes === null ? null : counter.readBytes / input.totalBytes);
  const detector = new FormatDetector(input.name, doneRatio);
  const parse = async (chunks: AsyncIterable<Uint8Array>) => {
    for await (const chunk of chunks) detector.push(chunk);
  };
  const signal = options.signal === undefined ? {} : { signal: options.signal };
  try {
    const { first, rest } = await takeHead(countBytes(input, counter, options));
    const chunks = Readable.from(withHead(first, rest));
    if (isGzip(first)) await pipeline(chunks, createGunzip({ chunkSize: CHUNK_BYTES }), parse, signal);
    else await pipeline(chunks, parse, signal);
    return detector.end();
  } catch (error) {
    input.stream.destroy();
    options.signal?.throwIfAborted();
    throw error instanceof PrescaleError ? error : unreadable(input.name, error);
  }
}

async function* countBytes(
  input: Input,
  counter: { readBytes: number },
  { signal, onProgress }: LoadOptions,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of input.stream as AsyncIterable<Uint8Array>) {
    signal?.throwIfAborted();
    counter.readBytes += chunk.length;
    yield chunk;
    onProgress?.(counter.readBytes, input.totalBytes);
  }
}

/** As many chunks as hold the bytes that tell gzip. */
async function takeHead(chunks: AsyncGenerator<Uint8Array>) {
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < GZIP_MAGIC.length) {
    const next = await chunks.next();
    if (next.done === true) break;
    first = Buffer.concat([first, next.value]);
  }
  return { first, rest: chunks };
}

async function* withHead(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (first.length > 0) yield first;
  yield* rest;
}

function isGzip(bytes: Uint8Array): boolean {
  return GZIP_MAGIC.every((byte, index) => bytes[index] === byte);
}

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: 'a path where no file is',
  EISDIR: 'a folder',
  EACCES: 'a file that may not be read',
  Z_BUF_ERROR: 'a gzip file that is cut off',
  Z_DATA_ERROR: 'a gzip file with damaged content',
};

function unreadable(name: string, error: unknown): PrescaleError {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const got = CAUSES[code] ?? message;
  return invalidInput(`recording ${name}`, [{ path: 'file', got, allowed: READABLE_FORM }]);
}
