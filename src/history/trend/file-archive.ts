import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../../domain/clock.ts';
import type { TrendRow } from '../../domain/trend.ts';
import type { WorkloadRef } from '../../domain/workload.ts';
import { lockDirectory, type Unlock } from '../directory-lock.ts';
import { tellOnce } from '../tell-once.ts';
import type { HistoryEar } from '../decision-history.ts';
import type { TrendArchive } from './trend-archive.ts';
import { readTrendRows, writeTrendRow } from './trend-file.ts';

/** Rows that wait for a slow disk; what comes then is lost. */
const MOST_WAITING = 20_000;
/** A workload that nobody has decided for, for so long, is not shown any more either. */
const FORGOTTEN_AFTER_MS = 31 * SECONDS_PER_DAY * MS_PER_SECOND;
const LOOKED_EVERY_ROWS = 50_000;

/** A file for each workload below `directory`, of at most 1.3 MB; one process at a time. */
export function createFileArchive(directory: string, ear: HistoryEar): TrendArchive {
  const troubles = tellOnce(ear);
  const inTurn = createTurn();
  let unlock: Unlock | undefined;
  let [waiting, written] = [0, 0];

  const write = async (workload: WorkloadRef, row: TrendRow): Promise<void> => {
    await mkdir(directory, { recursive: true });
    unlock ??= await lockDirectory(directory);
    if (written % LOOKED_EVERY_ROWS === 0) await removeForgotten(directory);
    written += 1;
    await writeTrendRow(fileOf(directory, workload), row);
  };
  const writeOrTell = async (workload: WorkloadRef, row: TrendRow): Promise<void> => {
    try {
      await write(workload, row);
      troubles.over();
    } catch (error) {
      troubles.begin('write', `what charts of weeks show is not stored: ${(error as Error).message}`);
    }
    waiting -= 1;
  };

  return {
    put(workload, row) {
      if (waiting >= MOST_WAITING)
        return troubles.begin('backlog', 'what charts of weeks show is not stored: the disk is too slow');
      waiting += 1;
      void inTurn(() => writeOrTell(workload, row));
    },
    // What was put before has been written then.
    rows: (workload, range) =>
      inTurn(() => readTrendRows(fileOf(directory, workload), range).catch(() => [])),
    close: () => inTurn(async () => void (await unlock?.())),
  };
}

/** One after the other, in the order in which they came. */
function createTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const ended = last.then(work);
    last = ended.catch(() => undefined);
    return ended;
  };
}

/** Neither of them can hold a slash. */
function fileOf(directory: string, { namespace, name }: WorkloadRef): string {
  return join(directory, namespace, name);
}

async function removeForgotten(directory: string): Promise<void> {
  const oldestMs = Date.now() - FORGOTTEN_AFTER_MS;
  for (const namespace of await readdir(directory, { withFileTypes: true })) {
    if (!namespace.isDirectory()) continue;
    for (const name of await readdir(join(directory, namespace.name))) {
      const file = join(directory, namespace.name, name);
      if ((await stat(file)).mtimeMs < oldestMs) await rm(file, { force: true });
    }
  }
}
