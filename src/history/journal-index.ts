import type { ReadLine } from './journal-line.ts';

/** Where the texts of a decision and of its forecast stand in a journal. */
export interface JournalEntry {
  readonly atMs: number;
  readonly offset: number;
  readonly bytes: number;
  readonly forecastOffset: number;
  readonly forecastBytes: number;
}

/** What a journal holds: for each workload its decisions, oldest first, one for each instant. */
export interface JournalIndex {
  add(line: ReadLine): void;
  entries(key: string): readonly JournalEntry[];
  keys(): readonly string[];
  firstAtMs(): number;
  lastAtMs(): number;
  /** Decisions before this instant were lost; -Infinity where none were. */
  lostBeforeMs(): number;
}

export function createJournalIndex(): JournalIndex {
  const byKey = new Map<string, JournalEntry[]>();
  const forecasts = new Map<string, ReadLine>();
  let [firstAtMs, lastAtMs, lostBeforeMs] = [Infinity, -Infinity, -Infinity];

  const addDecision = ({ key, atMs, textOffset, textBytes }: ReadLine): void => {
    const forecast = forecasts.get(key);
    if (!forecast) return;
    const entries = byKey.get(key) ?? [];
    if (entries.length === 0) byKey.set(key, entries);
    insert(entries, {
      atMs,
      offset: textOffset,
      bytes: textBytes,
      forecastOffset: forecast.textOffset,
      forecastBytes: forecast.textBytes,
    });
    firstAtMs = Math.min(firstAtMs, atMs);
    lastAtMs = Math.max(lastAtMs, atMs);
  };

  return {
    add(line) {
      if (line.kind === 'F') forecasts.set(line.key, line);
      else if (line.kind === 'D') addDecision(line);
      else lostBeforeMs = Math.max(lostBeforeMs, line.atMs);
    },
    entries: (key) => byKey.get(key) ?? [],
    keys: () => [...byKey.keys()],
    firstAtMs: () => firstAtMs,
    lastAtMs: () => lastAtMs,
    lostBeforeMs: () => lostBeforeMs,
  };
}

/** Almost always at the end; a clock that was set back, or a past that is played again, finds its place. */
function insert(entries: JournalEntry[], entry: JournalEntry): void {
  const before = entries.findLastIndex(({ atMs }) => atMs <= entry.atMs);
  const replaces = before >= 0 && entries[before].atMs === entry.atMs;
  entries.splice(replaces ? before : before + 1, replaces ? 1 : 0, entry);
}
