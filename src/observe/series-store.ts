/**
 * What is known of each workload's arrival rate, on disk: a controller that starts again asks its sources for what it
 * does not have. What cannot be read is asked for again, and what cannot be written costs the next start some reading.
 */
import { mkdirSync } from 'node:fs';
import { MS_PER_SECOND } from '../domain/clock.ts';
import { seriesEndMs, type TimeSeries } from '../domain/time-series.ts';
import type { Policy } from '../policy/policy.ts';
import { readSeries, removeForgotten, seriesFileName, writeSeries } from './series-folder.ts';

export interface SeriesStore {
  /** As it was kept for this workload, query and step; undefined: not at all. */
  load(policy: Policy): TimeSeries | undefined;
  /** To be called whenever the series may have grown; it is written now and then. Never throws, never waits. */
  keep(policy: Policy, series: TimeSeries): void;
  /** Writes what has not been written yet. */
  close(): Promise<void>;
}

export interface SeriesStoreOptions {
  readonly folder: string;
  readonly onFault: (message: string) => void;
}

/** A start after a crash asks for as much again; a thousand workloads write 270 KB a second, one file at a time. */
const SAVE_EVERY_SECONDS = 600;

interface Kept {
  series: TimeSeries;
  savedEndMs: number;
}

export function createSeriesStore({ folder, onFault }: SeriesStoreOptions): SeriesStore {
  const known = new Map<string, Kept>();
  const due = new Set<string>();
  let writing: Promise<void> = Promise.resolve();
  let isWriting = false;
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    onFault(`series: ${(error as Error).message}`);
  }

  const save = async (name: string): Promise<void> => {
    const kept = known.get(name)!;
    const { series } = kept;
    try {
      await writeSeries(folder, name, series);
    } catch (error) {
      onFault(`series: ${(error as Error).message}`);
    }
    kept.savedEndMs = seriesEndMs(series);
  };
  const writeDue = async (): Promise<void> => {
    for (const name of due) {
      due.delete(name);
      await save(name);
    }
    isWriting = false;
  };
  const startWriting = (): void => {
    if (isWriting || due.size === 0) return;
    isWriting = true;
    writing = writeDue();
  };
  void removeForgotten(folder).catch(() => undefined);

  return {
    load(policy) {
      const series = readSeries(folder, policy);
      if (series) known.set(seriesFileName(policy), { series, savedEndMs: seriesEndMs(series) });
      return series;
    },
    keep(policy, series) {
      if (series.values.length === 0) return;
      const name = seriesFileName(policy);
      const kept = known.get(name) ?? { series, savedEndMs: -Infinity };
      kept.series = series;
      known.set(name, kept);
      if (seriesEndMs(series) - kept.savedEndMs < SAVE_EVERY_SECONDS * MS_PER_SECOND) return;
      due.add(name);
      startWriting();
    },
    async close() {
      await writing;
      for (const [name, { series, savedEndMs }] of known) if (seriesEndMs(series) > savedEndMs) due.add(name);
      startWriting();
      await writing;
    },
  };
}
