/** The stores that were weighed, each behind the same three calls; a record's key is its workload and instant. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { decisionRecord, forecastRecord } from '../../../src/history/record-text.ts';
import type { RecordedDecision } from '../../../src/history/decision-history.ts';
import { createSegmentHistory } from '../../../src/history/segment-history.ts';
import { workloadKey, type WorkloadRef } from '../../../src/domain/workload.ts';

export interface Candidate {
  append(batch: readonly RecordedDecision[]): Promise<void>;
  /** How many of the 50 newest there are. */
  readPage(workload: WorkloadRef): Promise<number>;
  close(): Promise<void>;
}

const PAGE = 50;
const keyOf = ({ decision }: RecordedDecision): string =>
  `${workloadKey(decision.workload)} ${String(decision.decidedAtMs).padStart(15, '0')}`;
/** Without a forecast that is shared, each record has its own; packed, since these stores compress little or nothing. */
const valueOf = (recorded: RecordedDecision): Buffer =>
  deflateRawSync(`${forecastRecord(recorded.decision.forecast)}\n${decisionRecord(recorded)}`, { level: 1 });
const rangeOf = (workload: WorkloadRef) => ({
  gte: `${workloadKey(workload)} `,
  lt: `${workloadKey(workload)}!`,
});

export function segments(directory: string): Candidate {
  const silent = {
    fault: (fault: unknown) => console.error(fault),
    recovered: () => undefined,
    lost: () => undefined,
  };
  const history = createSegmentHistory({ directory, ear: silent, mostBytes: 1e11, mostAgeSeconds: 1e9 });
  return {
    append: (batch) => history.append(batch),
    readPage: async (workload) => (await history.read(workload, { limit: PAGE })).decisions.length,
    close: () => history.close(),
  };
}

/** Where packages that prescale does not depend on are installed, for this comparison alone. */
const load = (name: string, modules: string): unknown => createRequire(join(modules, 'x.js'))(name);

interface Level {
  batch(operations: readonly { type: 'put'; key: string; value: Buffer }[]): Promise<void>;
  values(range: object): { all(): Promise<unknown[]> };
  open(): Promise<void>;
  close(): Promise<void>;
}

export async function classicLevel(directory: string, modules: string): Promise<Candidate> {
  const { ClassicLevel } = load('classic-level', modules) as {
    ClassicLevel: new (path: string, options: object) => Level;
  };
  const db = new ClassicLevel(directory, { valueEncoding: 'buffer' });
  await db.open();
  return {
    append: (batch) => db.batch(batch.map((one) => ({ type: 'put', key: keyOf(one), value: valueOf(one) }))),
    readPage: async (workload) =>
      (await db.values({ ...rangeOf(workload), reverse: true, limit: PAGE }).all()).length,
    close: () => db.close(),
  };
}

interface Lmdb {
  put(key: string, value: Buffer): Promise<boolean>;
  getRange(range: object): Iterable<unknown>;
  close(): Promise<void>;
}

export function lmdb(directory: string, modules: string): Candidate {
  const { open } = load('lmdb', modules) as { open: (options: object) => Lmdb };
  const db = open({ path: directory, encoding: 'binary' });
  return {
    async append(batch) {
      await Promise.all(batch.map((one) => db.put(keyOf(one), valueOf(one))));
    },
    readPage(workload) {
      const { gte, lt } = rangeOf(workload);
      return Promise.resolve([...db.getRange({ start: lt, end: gte, reverse: true, limit: PAGE })].length);
    },
    close: () => db.close(),
  };
}

interface Sqlite {
  exec(sql: string): void;
  prepare(sql: string): { run(...values: unknown[]): void; all(...values: unknown[]): unknown[] };
  close(): void;
}

export function sqlite(directory: string): Candidate {
  const { DatabaseSync } = createRequire(import.meta.url)('node:sqlite') as {
    DatabaseSync: new (path: string) => Sqlite;
  };
  const db = new DatabaseSync(join(directory, 'history.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
  db.exec('CREATE TABLE decisions (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID');
  const put = db.prepare('INSERT OR REPLACE INTO decisions VALUES (?, ?)');
  const page = db.prepare('SELECT value FROM decisions WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT ?');
  return {
    append(batch) {
      db.exec('BEGIN');
      for (const one of batch) put.run(keyOf(one), valueOf(one));
      db.exec('COMMIT');
      return Promise.resolve();
    },
    readPage: (workload) =>
      Promise.resolve(page.all(rangeOf(workload).gte, rangeOf(workload).lt, PAGE).length),
    close: () => Promise.resolve(db.close()),
  };
}
