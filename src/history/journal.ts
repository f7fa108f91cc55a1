import { open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import type { ForecastResult } from '../domain/forecast.ts';
import { workloadKey } from '../domain/workload.ts';
import type { RecordedDecision } from './decision-history.ts';
import { readExtent, withFile, type Generation, type GenerationPage } from './generation.ts';
import { createJournalIndex, type JournalEntry, type JournalIndex } from './journal-index.ts';
import { journalLine, readJournalLines, type JournalLine, type ReadLine } from './journal-line.ts';
import { writeAll } from './pack-journal.ts';
import { decisionRecord, forecastRecord, recordedDecision, workloadFromKey } from './record-text.ts';

export interface Journal extends Generation {
  readonly index: JournalIndex;
  /** Rejects where it cannot be written in full; then nothing of it counts. */
  append(batch: readonly RecordedDecision[], lostBeforeMs: number | undefined): Promise<void>;
  close(): Promise<void>;
}

export interface OpenedJournal {
  readonly journal: Journal;
  /** What was cut off at its end: a write that was interrupted, or damage. */
  readonly cutBytes: number;
}

/** Opens a journal, or makes it; what is damaged at its end is cut off. */
export async function openJournal(file: string, sequence: number): Promise<OpenedJournal> {
  const index = createJournalIndex();
  const handle = await open(file, 'a');
  try {
    const content = await readFile(file);
    const { lines, soundBytes } = readJournalLines(content);
    for (const line of lines) index.add(line);
    if (soundBytes < content.length) await truncate(file, soundBytes);
    const journal = journalOn({ file, sequence, handle, index, soundBytes });
    return { journal, cutBytes: content.length - soundBytes };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

interface OpenFile {
  readonly file: string;
  readonly sequence: number;
  readonly handle: FileHandle;
  readonly index: JournalIndex;
  readonly soundBytes: number;
}

function journalOn({ file, sequence, handle, index, soundBytes }: OpenFile): Journal {
  let bytes = soundBytes;
  // The forecast that stands newest in this journal, by workload.
  const written = new Map<string, ForecastResult>();

  const linesOf = ({ decision, actuation }: RecordedDecision): readonly JournalLine[] => {
    const { workload, decidedAtMs: atMs, forecast } = decision;
    const key = workloadKey(workload);
    const line: JournalLine = { kind: 'D', atMs, key, text: decisionRecord({ decision, actuation }) };
    if (written.get(key) === forecast) return [line];
    written.set(key, forecast);
    return [{ kind: 'F', atMs, key, text: forecastRecord(forecast) }, line];
  };

  let torn = false;
  /** What was half written must not stand before the next line, which would be lost with it. */
  const takeBack = async (): Promise<void> => {
    if (torn) await handle.truncate(bytes);
    torn = false;
  };

  return {
    sequence,
    file,
    index,
    bytes: () => bytes,
    firstAtMs: () => index.firstAtMs(),
    lastAtMs: () => index.lastAtMs(),
    lostBeforeMs: () => index.lostBeforeMs(),
    newest: (key, { limit, beforeMs }) => newestIn(file, key, entriesBefore(index, { key, limit, beforeMs })),
    async append(batch, lostBeforeMs) {
      const loss: JournalLine[] =
        lostBeforeMs === undefined ? [] : [{ kind: 'L', atMs: lostBeforeMs, key: '-', text: '{}' }];
      await takeBack();
      const lines = [...loss, ...batch.flatMap(linesOf)].map((line) => ({ line, ...journalLine(line) }));
      try {
        await writeAll(handle, Buffer.concat(lines.map((one) => one.bytes)));
      } catch (error) {
        torn = true;
        written.clear();
        throw error;
      }
      for (const { line, textOffset, textBytes, bytes: lineBytes } of lines) {
        index.add(placed(line, bytes + textOffset, textBytes));
        bytes += lineBytes.length;
      }
    },
    close: () => handle.close(),
  };
}

function placed({ kind, atMs, key }: JournalLine, textOffset: number, textBytes: number): ReadLine {
  return { kind, atMs, key, textOffset, textBytes };
}

function entriesBefore(
  index: JournalIndex,
  { key, limit, beforeMs }: { readonly key: string; readonly limit: number; readonly beforeMs: number },
): readonly JournalEntry[] {
  const all = index.entries(key);
  const end = all.findLastIndex(({ atMs }) => atMs < beforeMs) + 1;
  return all.slice(Math.max(0, end - limit), end).reverse();
}

async function newestIn(
  file: string,
  key: string,
  entries: readonly JournalEntry[],
): Promise<GenerationPage> {
  if (entries.length === 0) return { decisions: [], damagedUntilMs: [] };
  const workload = workloadFromKey(key);
  const forecasts = new Map<number, ForecastResult>();
  const decisions: RecordedDecision[] = [];
  await withFile(file, async (handle) => {
    const textAt = async (offset: number, bytes: number): Promise<string> =>
      (await readExtent(handle, { offset, bytes })).toString();
    for (const { offset, bytes, forecastOffset, forecastBytes } of entries) {
      const forecast =
        forecasts.get(forecastOffset) ??
        (JSON.parse(await textAt(forecastOffset, forecastBytes)) as ForecastResult);
      forecasts.set(forecastOffset, forecast);
      decisions.push(recordedDecision(workload, await textAt(offset, bytes), forecast));
    }
  });
  return { decisions, damagedUntilMs: [] };
}
