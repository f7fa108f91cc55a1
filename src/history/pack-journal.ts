import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import type { JournalEntry, JournalIndex } from './journal-index.ts';
import { BLOCK_DECISIONS, blockCrc, packBlock } from './segment-block.ts';
import { segmentTail, type BlockRow } from './segment-index.ts';

export interface PackFiles {
  readonly journal: string;
  readonly unfinished: string;
  readonly segment: string;
}

/**
 * Writes the segment of a journal that is no longer written to. It appears under its name when it is complete and on
 * the disk; until then the journal is what counts. Rejects where the disk is full, leaving the journal as it is.
 */
export async function packJournal(files: PackFiles, index: JournalIndex, signal: AbortSignal): Promise<void> {
  const content = await readFile(files.journal);
  const target = await open(files.unfinished, 'w');
  try {
    const blocks: BlockRow[] = [];
    let offset = 0;
    for (const stretches of blocksOf(index)) {
      signal.throwIfAborted();
      const packed = await packBlock(stretches.flatMap((one) => stretchLines(content, one)));
      await writeAll(target, packed);
      const extent = { offset, bytes: packed.length, crc: blockCrc(packed) };
      blocks.push(...stretches.map((one) => ({ ...spanOf(one), ...extent })));
      offset += packed.length;
    }
    const lostBeforeMs = Number.isFinite(index.lostBeforeMs()) ? index.lostBeforeMs() : null;
    const span = { firstAtMs: index.firstAtMs(), lastAtMs: index.lastAtMs() };
    await writeAll(target, segmentTail({ ...span, lostBeforeMs, blocks }, offset));
    await target.sync();
  } finally {
    await target.close();
  }
  await rename(files.unfinished, files.segment);
}

/** Decisions of one workload, oldest first: at least one. */
interface Stretch {
  readonly key: string;
  readonly entries: readonly JournalEntry[];
}

function spanOf({ key, entries }: Stretch): Pick<BlockRow, 'key' | 'firstAtMs' | 'lastAtMs'> {
  return { key, firstAtMs: entries[0].atMs, lastAtMs: entries[entries.length - 1].atMs };
}

/**
 * A journal holds so many decisions of each workload as the fleet is small: of ten thousand none has two. What is too
 * little for a block is joined by the next workloads' of its kind, since a decision alone takes half as much again, and
 * six times the time.
 */
function blocksOf(index: JournalIndex): readonly (readonly Stretch[])[] {
  const stretches = index.keys().flatMap((key) => stretchesOf(key, index.entries(key)));
  const blocks: Stretch[][] = [];
  let decisions = Infinity;
  for (const one of stretches) {
    decisions += one.entries.length;
    if (decisions <= BLOCK_DECISIONS) blocks[blocks.length - 1].push(one);
    else {
      blocks.push([one]);
      decisions = one.entries.length;
    }
  }
  return blocks;
}

function stretchesOf(key: string, entries: readonly JournalEntry[]): readonly Stretch[] {
  const count = Math.ceil(entries.length / BLOCK_DECISIONS);
  return Array.from({ length: count }, (_, i) => ({
    key,
    entries: entries.slice(i * BLOCK_DECISIONS, (i + 1) * BLOCK_DECISIONS),
  }));
}

const WORKLOAD = 'K';
const FORECAST = Buffer.from('F');
const DECISION = Buffer.from('D');
const LINE_END = Buffer.from('\n');

/** Slices of the journal: nothing is parsed. */
function stretchLines(content: Buffer, { key, entries }: Stretch): readonly Buffer[] {
  let forecastOffset = -1;
  const lines = entries.flatMap((entry) => {
    const decision = [DECISION, content.subarray(entry.offset, entry.offset + entry.bytes), LINE_END];
    if (entry.forecastOffset === forecastOffset) return decision;
    forecastOffset = entry.forecastOffset;
    const forecast = content.subarray(forecastOffset, forecastOffset + entry.forecastBytes);
    return [FORECAST, forecast, LINE_END, ...decision];
  });
  return [Buffer.from(`${WORKLOAD}${key}\n`), ...lines];
}

/** All of it: a write may take less than it is given where the disk is almost full. */
export async function writeAll(handle: FileHandle, bytes: Buffer): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, written);
    written += bytesWritten;
  }
}
