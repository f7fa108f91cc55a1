import { constants, mkdir, open, readFile, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../../domain/clock.ts';
import { mergeTrend, TREND_SLOT_SECONDS, type TrendRow } from '../../domain/trend.ts';
import type { TrendRange } from './trend-archive.ts';
import { bytesOfRow, ROW_BYTES, rowFromBytes } from './trend-row-bytes.ts';

/** 31 days: a month, and the day that is being written. */
const KEPT_ROWS = (31 * SECONDS_PER_DAY) / TREND_SLOT_SECONDS;

/**
 * Writes a row to its place in the file of a workload: a ring in which the row of a stretch stands where that of 31 days
 * before stood. So a file never grows, nothing is moved, and an interrupted write costs one row, whose checksum tells.
 */
export async function writeTrendRow(file: string, row: TrendRow): Promise<void> {
  const handle = await openOrMake(file);
  try {
    const offset = placeOf(row.atMs) * ROW_BYTES;
    const there = Buffer.alloc(ROW_BYTES);
    await handle.read(there, 0, ROW_BYTES, offset);
    const before = rowFromBytes(there);
    // Its first part was written before a restart.
    const whole = before?.atMs === row.atMs ? mergeTrend(before, row) : row;
    await handle.write(bytesOfRow(whole), 0, ROW_BYTES, offset);
  } finally {
    await handle.close();
  }
}

async function openOrMake(file: string): Promise<FileHandle> {
  const flags = constants.O_RDWR | constants.O_CREAT;
  return open(file, flags).catch(async () => {
    await mkdir(dirname(file), { recursive: true });
    return open(file, flags);
  });
}

function placeOf(atMs: number): number {
  return Math.floor(atMs / (TREND_SLOT_SECONDS * MS_PER_SECOND)) % KEPT_ROWS;
}

/** Oldest first. Rejects where there is no file. */
export async function readTrendRows(
  file: string,
  { fromMs, beforeMs }: TrendRange,
): Promise<readonly TrendRow[]> {
  const bytes = await readFile(file);
  const rows: TrendRow[] = [];
  for (let offset = 0; offset + ROW_BYTES <= bytes.length; offset += ROW_BYTES) {
    const atMs = bytes.readDoubleLE(offset);
    if (atMs < fromMs || atMs >= beforeMs || atMs === 0) continue;
    const row = rowFromBytes(bytes.subarray(offset, offset + ROW_BYTES));
    if (row) rows.push(row);
  }
  return rows.sort((a, b) => a.atMs - b.atMs);
}
