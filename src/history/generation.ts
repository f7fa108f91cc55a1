import { open, type FileHandle } from 'node:fs/promises';
import type { RecordedDecision } from './decision-history.ts';

/** Decisions of one stretch of time, in one file. */
export interface Generation {
  readonly sequence: number;
  readonly file: string;
  bytes(): number;
  firstAtMs(): number;
  lastAtMs(): number;
  /** Decisions before this instant were lost; -Infinity where none were. */
  lostBeforeMs(): number;
  /** At most `limit` of a workload's decisions made before `beforeMs`, newest first. Rejects where the file is gone. */
  newest(
    key: string,
    options: { readonly limit: number; readonly beforeMs: number },
  ): Promise<GenerationPage>;
}

export interface GenerationPage {
  readonly decisions: readonly RecordedDecision[];
  /** Ends of the stretches that could not be read. */
  readonly damagedUntilMs: readonly number[];
}

const SUFFIXES = { journal: '.journal', segment: '.segment', unfinished: '.unfinished', corrupt: '.corrupt' };
export type FileKind = keyof typeof SUFFIXES;

export function fileName(sequence: number, kind: FileKind): string {
  return `${String(sequence).padStart(10, '0')}${SUFFIXES[kind]}`;
}

/** undefined for a file that is not of a history. */
export function parseFileName(
  name: string,
): { readonly sequence: number; readonly kind: FileKind } | undefined {
  const kind = (Object.keys(SUFFIXES) as FileKind[]).find((one) => name.endsWith(SUFFIXES[one]));
  const digits = kind && name.slice(0, -SUFFIXES[kind].length);
  return kind && digits && /^\d{10}$/.test(digits) ? { sequence: Number(digits), kind } : undefined;
}

export async function withFile<T>(file: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, 'r');
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** Exactly those bytes. Rejects where the file is shorter. */
export async function readExtent(
  handle: FileHandle,
  { offset, bytes }: { readonly offset: number; readonly bytes: number },
): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await handle.read(buffer, 0, bytes, offset);
  if (bytesRead !== bytes) throw new Error('it is shorter than it was');
  return buffer;
}
