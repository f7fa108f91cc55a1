import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileName, parseFileName, type FileKind, type Generation } from './generation.ts';
import { openJournal, type Journal } from './journal.ts';
import { openSegment } from './segment.ts';

/** A file that is not what was written: of no use but to who wants to know why; it goes first where room is needed. */
export interface DamagedFile {
  readonly sequence: number;
  readonly file: string;
  readonly bytes: number;
}

export interface LoadedDirectory {
  /** Oldest first. The last one may be written to. */
  readonly segments: readonly Generation[];
  readonly journals: readonly Journal[];
  readonly damaged: readonly DamagedFile[];
  /** One sentence for each thing that was found damaged now. */
  readonly findings: readonly string[];
}

/** Reads what a directory holds. Rejects where it cannot be read or written at all. */
export async function loadDirectory(directory: string): Promise<LoadedDirectory> {
  const files = await historyFiles(directory);
  const of = (kind: FileKind) => files.filter((file) => file.kind === kind);
  const packed = new Set(of('segment').map(({ sequence }) => sequence));
  const findings: string[] = [];
  const segments: Generation[] = [];
  const journals: Journal[] = [];
  const damaged: DamagedFile[] = [];

  for (const { file } of of('unfinished')) await rm(file, { force: true });
  for (const { file, sequence } of of('corrupt'))
    damaged.push({ sequence, file, bytes: (await stat(file)).size });
  for (const { file, sequence } of of('segment')) {
    try {
      segments.push(await openSegment(file, sequence));
    } catch (error) {
      damaged.push(await setAside(directory, file, sequence));
      findings.push(`${file} cannot be read and was set aside: ${(error as Error).message}`);
    }
  }
  for (const { file, sequence } of of('journal')) {
    // Its segment was complete when the process ended.
    if (packed.has(sequence)) await rm(file, { force: true });
    else journals.push(await reopened(file, sequence, findings));
  }
  return { segments, journals, damaged, findings };
}

async function historyFiles(directory: string) {
  const names = (await readdir(directory)).sort();
  return names.flatMap((name) => {
    const parsed = parseFileName(name);
    return parsed ? [{ ...parsed, file: join(directory, name) }] : [];
  });
}

async function reopened(file: string, sequence: number, findings: string[]): Promise<Journal> {
  const { journal, cutBytes } = await openJournal(file, sequence);
  if (cutBytes > 0) findings.push(`${file} had ${cutBytes} bytes at its end that were not whole decisions`);
  return journal;
}

async function setAside(directory: string, file: string, sequence: number): Promise<DamagedFile> {
  const { size } = await stat(file);
  const aside = join(directory, fileName(sequence, 'corrupt'));
  await rename(file, aside);
  return { sequence, file: aside, bytes: size };
}
