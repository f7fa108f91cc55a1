/**
 * What is known of each workload's arrival rate, on disk: a controller that starts again asks its sources for what it
 * does not have. A file per series, written anew beside the old one and put in its place at once: a crash leaves one or
 * the other. What cannot be read is asked for again, and what cannot be written costs the next start some reading.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MS_PER_SECOND } from '../domain/clock.ts';
import { seriesEndMs, type TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import { seriesFile, seriesFromFile } from './series-file.ts';

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
/** Nobody has kept it for longer than any policy looks back. */
const FORGOTTEN_AFTER_SECONDS = 40 * 86_400;

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
    const path = join(folder, name);
    try {
      await writeFile(`${path}.new`, seriesFile(series));
      await rename(`${path}.new`, path);
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
      const name = fileName(policy);
      try {
        const series = seriesFromFile(readFileSync(join(folder, name)));
        if (series?.stepSeconds !== policy.forecast.stepSeconds) return undefined;
        known.set(name, { series, savedEndMs: seriesEndMs(series) });
        return series;
      } catch {
        return undefined;
      }
    },
    keep(policy, series) {
      if (series.values.length === 0) return;
      const name = fileName(policy);
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

/** Another query is another series. */
function fileName({ workload, metrics, forecast }: Policy): string {
  const { source, queries } = metrics;
  const asked = JSON.stringify([workloadKey(workload), source, queries.arrivalRate, forecast.stepSeconds]);
  return `${createHash('sha256').update(asked).digest('hex').slice(0, 32)}.series`;
}

async function removeForgotten(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs < Date.now() - FORGOTTEN_AFTER_SECONDS * MS_PER_SECOND) await rm(path);
  }
}
