/**
 * Series of arrival rates as files of a folder, which several processes may share: a file per series, written beside its
 * place under a name of the process's own and put there at once, so that a reader finds one whole file or the other.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../domain/clock.ts';
import type { TimeSeries } from '../domain/time-series.ts';
import { workloadKey } from '../domain/workload.ts';
import type { Policy } from '../policy/policy.ts';
import { seriesFile, seriesFromFile } from './series-file.ts';

/** Nobody has kept it for longer than any policy looks back. */
const FORGOTTEN_AFTER_SECONDS = 40 * 86_400;
/** Whoever was writing it has crashed. */
const UNFINISHED_AFTER_SECONDS = SECONDS_PER_HOUR;
const UNFINISHED = `.${randomUUID()}.new`;

/** Another query is another series. */
export function seriesFileName({ workload, metrics, forecast }: Policy): string {
  const { source, queries } = metrics;
  const asked = JSON.stringify([workloadKey(workload), source, queries.arrivalRate, forecast.stepSeconds]);
  return `${createHash('sha256').update(asked).digest('hex').slice(0, 32)}.series`;
}

/** As it was written for this workload, query and step; undefined: not at all, or not as a whole. */
export function readSeries(folder: string, policy: Policy): TimeSeries | undefined {
  try {
    const series = seriesFromFile(readFileSync(join(folder, seriesFileName(policy))));
    return series?.stepSeconds === policy.forecast.stepSeconds ? series : undefined;
  } catch {
    return undefined;
  }
}

/** In place of what was there. Rejects where it cannot be written. */
export async function writeSeries(folder: string, name: string, series: TimeSeries): Promise<void> {
  const path = join(folder, name);
  await writeFile(`${path}${UNFINISHED}`, seriesFile(series));
  await rename(`${path}${UNFINISHED}`, path);
}

/** Of workloads that are long gone, and of writers that have crashed. What another replica removes meanwhile is removed. */
export async function removeForgotten(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const keptSeconds = name.endsWith('.new') ? UNFINISHED_AFTER_SECONDS : FORGOTTEN_AFTER_SECONDS;
    await removeUntouchedSince(join(folder, name), Date.now() - keptSeconds * MS_PER_SECOND);
  }
}

async function removeUntouchedSince(path: string, atMs: number): Promise<void> {
  try {
    const { mtimeMs } = await stat(path);
    if (mtimeMs < atMs) await rm(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
