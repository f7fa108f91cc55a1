import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryEar, RecordedDecision } from './decision-history.ts';
import { lockDirectory, type Unlock } from './directory-lock.ts';
import { fileName, type Generation, type GenerationPage } from './generation.ts';
import { loadDirectory } from './load-directory.ts';
import { openJournal, type Journal } from './journal.ts';
import { packJournal, type PackFiles } from './pack-journal.ts';
import { readGenerations, UnreadableGeneration, type Query } from './read-generations.ts';
import { bytesOf, prune, type Kept, type RetentionLimits } from './retention.ts';
import { openSegment } from './segment.ts';

export interface HistoryFilesOptions extends RetentionLimits {
  readonly directory: string;
  /** A journal of this size is packed. */
  readonly journalBytes: number;
  readonly ear: HistoryEar;
}

/** The files of a history: one journal that is written to, journals that wait to be packed, segments. */
export interface HistoryFiles {
  /** Rejects where the batch could not be stored. */
  append(batch: readonly RecordedDecision[], lostBeforeMs: number | undefined): Promise<void>;
  read(query: Query): Promise<GenerationPage>;
  completeSinceMs(): number | null;
  bytes(): number;
  close(): Promise<void>;
}

/** Rejects where the directory cannot be used: no permission, no room, another process. */
export async function openHistoryFiles(options: HistoryFilesOptions): Promise<HistoryFiles> {
  const { directory, ear } = options;
  await mkdir(directory, { recursive: true });
  const unlock = await lockDirectory(directory);
  try {
    const { segments, journals, damaged, findings } = await loadDirectory(directory);
    for (const message of findings) ear.fault({ kind: 'corrupt', message });
    const free = Math.max(0, ...[...segments, ...damaged, ...journals].map((one) => one.sequence)) + 1;
    // The newest file is written on where it is a journal: a process that restarts often leaves no small ones.
    const resumed = journals.at(-1)?.sequence === free - 1 ? journals.at(-1) : undefined;
    const active = resumed ?? (await freshJournal(directory, free));
    const waiting = journals.filter((one) => one !== active);
    for (const one of waiting) await one.close();
    const kept = { generations: [...segments, ...waiting, active], damaged };
    return filesOn(options, { unlock, active, waiting, kept, hasDamage: findings.length > 0 });
  } catch (error) {
    await unlock();
    throw error;
  }
}

interface Opened {
  readonly unlock: Unlock;
  readonly active: Journal;
  readonly waiting: readonly Journal[];
  readonly kept: Kept;
  /** What was decided in some stretch before now is missing. */
  readonly hasDamage: boolean;
}

function filesOn(options: HistoryFilesOptions, opened: Opened): HistoryFiles {
  const { directory, journalBytes, ear } = options;
  const stopPacking = new AbortController();
  let { active, kept, hasDamage } = opened;
  let packing = Promise.resolve();
  let largestBatchBytes = 0;

  const replace = (old: Generation, generations: readonly Generation[]): void => {
    kept = { ...kept, generations: [...kept.generations.filter((one) => one !== old), ...generations] };
  };
  const makeRoom = async (neededBytes: number): Promise<void> => {
    const before = kept;
    const left = await prune(before, options, neededBytes);
    const gone = before.generations.filter((one) => !left.generations.includes(one));
    kept = { generations: kept.generations.filter((one) => !gone.includes(one)), damaged: left.damaged };
  };
  const pack = async (journal: Journal): Promise<void> => {
    if (!kept.generations.includes(journal) || stopPacking.signal.aborted) return;
    const files = packFilesOf(journal, directory);
    try {
      const isEmpty = journal.index.keys().length === 0;
      if (!isEmpty) await packJournal(files, journal.index, stopPacking.signal);
      const packed = isEmpty ? [] : [await openSegment(files.segment, journal.sequence)];
      // It may have had to make room meanwhile, and those after it too: it must not come back, with a hole behind it.
      if (kept.generations.includes(journal)) replace(journal, packed);
      else await rm(files.segment, { force: true });
      await rm(files.journal, { force: true });
    } catch (error) {
      await rm(files.unfinished, { force: true }).catch(() => undefined);
      if (!stopPacking.signal.aborted)
        ear.fault({ kind: 'write', message: `${journal.file} stays unpacked: ${(error as Error).message}` });
    }
  };
  const packLater = (journal: Journal): void => {
    packing = packing.then(() => pack(journal));
  };
  const rotate = async (): Promise<void> => {
    const full = active;
    active = await freshJournal(directory, full.sequence + 1);
    kept = { ...kept, generations: [...kept.generations, active] };
    await full.close();
    packLater(full);
  };
  opened.waiting.forEach(packLater);

  return {
    async append(batch, lostBeforeMs) {
      // A journal, which its last batch has made larger, and the segment that is made of it stand side by side for a moment.
      await makeRoom(journalBytes + 2 * largestBatchBytes);
      if (active.bytes() >= journalBytes) await rotate();
      const firstMs = hasDamage ? Math.min(...batch.map(({ decision }) => decision.decidedAtMs)) : undefined;
      const before = active.bytes();
      await active.append(batch, lostBeforeMs ?? firstMs);
      largestBatchBytes = Math.max(largestBatchBytes, active.bytes() - before);
      hasDamage = false;
    },
    async read(query) {
      const damagedUntilMs: number[] = [];
      for (;;) {
        try {
          const page = await readGenerations(kept.generations, query);
          return { ...page, damagedUntilMs: [...damagedUntilMs, ...page.damagedUntilMs] };
        } catch (error) {
          if (!(error instanceof UnreadableGeneration)) throw error;
          // Packed or removed between the list and the look into it: the list is new by now.
          if (!kept.generations.includes(error.generation)) continue;
          damagedUntilMs.push(error.generation.lastAtMs());
          replace(error.generation, []);
        }
      }
    },
    completeSinceMs() {
      const firstMs = Math.min(...kept.generations.map((one) => one.firstAtMs()));
      const lostMs = Math.max(...kept.generations.map((one) => one.lostBeforeMs()));
      return Number.isFinite(firstMs) ? Math.max(firstMs, lostMs) : null;
    },
    bytes: () => bytesOf(kept),
    async close() {
      stopPacking.abort();
      await packing;
      await active.close();
      await opened.unlock();
    },
  };
}

function packFilesOf({ file, sequence }: Journal, directory: string): PackFiles {
  const pathOf = (kind: 'unfinished' | 'segment') => join(directory, fileName(sequence, kind));
  return { journal: file, unfinished: pathOf('unfinished'), segment: pathOf('segment') };
}

async function freshJournal(directory: string, sequence: number): Promise<Journal> {
  return (await openJournal(join(directory, fileName(sequence, 'journal')), sequence)).journal;
}
