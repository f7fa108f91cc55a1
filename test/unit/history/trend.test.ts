import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RecordedDecision } from '../../../src/history/decision-history.ts';
import { createFileArchive } from '../../../src/history/trend/file-archive.ts';
import { createMemoryArchive } from '../../../src/history/trend/memory-archive.ts';
import { recordTrend, type Trend } from '../../../src/history/trend/record-trend.ts';
import type { TrendArchive } from '../../../src/history/trend/trend-archive.ts';
import { decided } from '../api/app-under-test.ts';

const CHECKOUT = { namespace: 'shop', name: 'checkout' };
const ALL = { fromMs: -Infinity, beforeMs: Infinity };
const DAY_TICKS = 24 * 60;
const base = decided(0);
const START_MS = Date.UTC(2026, 0, 1);

/** A decision a minute: tick 3 at 00:03. */
function decidedAt(tick: number, rps = 100, workload = CHECKOUT): RecordedDecision {
  const decidedAtMs = START_MS + tick * 60_000;
  const { decision, actuation } = base;
  const arrivalRate = { kind: 'value' as const, value: rps, endsAtMs: decidedAtMs };
  return {
    decision: { ...decision, workload, decidedAtMs, observed: { ...decision.observed, arrivalRate } },
    actuation: { ...actuation, workload, decidedAtMs },
  };
}

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'trend-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function fileArchive(directory = temporary()) {
  const faults: string[] = [];
  const ear = {
    fault: ({ message }: { message: string }) => void faults.push(message),
    recovered: () => void faults.push('recovered'),
    lost: () => undefined,
  };
  return { archive: createFileArchive(directory, ear), directory, faults };
}

const ARCHIVES: readonly (readonly [string, () => TrendArchive])[] = [
  ['in memory', () => createMemoryArchive(10_000)],
  ['on disk', () => fileArchive().archive],
];

describe.each(ARCHIVES)('%s', (_name, create) => {
  test('five minutes are a row, the open one too, with every peak', async () => {
    const trend = recordTrend(create());
    [50, 10, 90, 20, 30, 40, 60].forEach((rps, tick) => trend.append([decidedAt(tick, rps)]));
    const rows = await trend.read(CHECKOUT, ALL);
    expect(rows.map(({ atMs, decisions }) => [(atMs - START_MS) / 60_000, decisions])).toEqual([
      [0, 5],
      [5, 2],
    ]);
    expect(rows[0].arrivalRateRps).toEqual({ min: 10, max: 90, last: 30, sum: 200, count: 5 });
    await trend.close();
  });

  test('a range is what begins in it; a workload that nobody knows has none', async () => {
    const trend = recordTrend(create());
    for (let tick = 0; tick < 30; tick += 1) trend.append([decidedAt(tick)]);
    const range = { fromMs: START_MS + 300_000, beforeMs: START_MS + 900_000 };
    expect(await trend.read(CHECKOUT, range)).toHaveLength(2);
    expect(await trend.read({ namespace: 'shop', name: 'nobody' }, ALL)).toEqual([]);
    await trend.close();
  });
});

async function playDays(trend: Trend, days: number): Promise<void> {
  for (let tick = 0; tick < days * DAY_TICKS; tick += 5) {
    trend.append([decidedAt(tick, tick)]);
    if (tick % DAY_TICKS === 0) await trend.read(CHECKOUT, { fromMs: 0, beforeMs: 1 });
  }
}

describe('the files', () => {
  test('a month and a day are kept, in a file that does not grow any more', async () => {
    const { archive, directory } = fileArchive();
    const trend = recordTrend(archive);
    await playDays(trend, 40);
    await trend.close();
    expect(statSync(join(directory, 'shop', 'checkout')).size).toBeLessThan(1_300_000);
    const rows = await recordTrend(fileArchive(directory).archive).read(CHECKOUT, ALL);
    expect(rows).toHaveLength(31 * 288);
    expect(rows.at(-1)!.arrivalRateRps!.max).toBe(40 * DAY_TICKS - 5);
  });

  test('five minutes that a restart interrupted are one row', async () => {
    const { archive, directory } = fileArchive();
    const first = recordTrend(archive);
    first.append([decidedAt(0, 10)]);
    first.append([decidedAt(1, 70)]);
    await first.close();
    const second = recordTrend(fileArchive(directory).archive);
    second.append([decidedAt(2, 30)]);
    const [row, ...more] = await second.read(CHECKOUT, ALL);
    expect(more).toEqual([]);
    expect(row).toMatchObject({ decisions: 3, arrivalRateRps: { min: 10, max: 70, last: 30 } });
    await second.close();
    const again = await recordTrend(fileArchive(directory).archive).read(CHECKOUT, ALL);
    expect(again).toEqual([row]);
  });

  test('a damaged row is left out, and the others are there', async () => {
    const { archive, directory } = fileArchive();
    const trend = recordTrend(archive);
    for (let tick = 0; tick < 15; tick += 1) trend.append([decidedAt(tick)]);
    await trend.close();
    const file = join(directory, 'shop', 'checkout');
    const bytes = readFileSync(file);
    const offset = bytes.indexOf(Buffer.from(new Float64Array([START_MS + 300_000]).buffer));
    bytes[offset + 20] ^= 1;
    writeFileSync(file, bytes);
    const rows = await recordTrend(fileArchive(directory).archive).read(CHECKOUT, ALL);
    expect(rows.map(({ atMs }) => (atMs - START_MS) / 60_000)).toEqual([0, 10]);
  });

  test('a directory that cannot be used is told once, and nothing else happens', async () => {
    const directory = temporary();
    const file = join(directory, 'in-the-way');
    writeFileSync(file, '');
    const { archive, faults } = fileArchive(join(file, 'trend'));
    const trend = recordTrend(archive);
    for (let tick = 0; tick < 30; tick += 1) trend.append([decidedAt(tick)]);
    expect(await trend.read(CHECKOUT, ALL)).toHaveLength(1);
    await trend.close();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^what charts of weeks show is not stored: ENOTDIR/);
  });

  test('one process at a time', async () => {
    const { archive, directory } = fileArchive();
    const trend = recordTrend(archive);
    for (let tick = 0; tick < 10; tick += 1) trend.append([decidedAt(tick)]);
    await expect.poll(() => readdirSync(directory)).toContain('shop');
    const other = fileArchive(directory);
    other.archive.put(CHECKOUT, (await trend.read(CHECKOUT, ALL))[0]);
    await other.archive.close();
    expect(other.faults[0]).toContain('another process keeps its history');
    await trend.close();
  });

  test('what nobody has decided for in a month is removed', async () => {
    const { archive, directory } = fileArchive();
    const first = recordTrend(archive);
    first.append([decidedAt(0, 1, { namespace: 'shop', name: 'gone' })]);
    await first.close();
    const longAgo = new Date(Date.now() - 32 * 86_400_000);
    await utimes(join(directory, 'shop', 'gone'), longAgo, longAgo);
    const second = recordTrend(fileArchive(directory).archive);
    second.append([decidedAt(0)]);
    await second.close();
    expect(readdirSync(join(directory, 'shop'))).toEqual(['checkout']);
  });
});

test('memory keeps the newest rows, shared evenly', async () => {
  const trend = recordTrend(createMemoryArchive(100));
  const others = ['a', 'b'].map((name) => ({ namespace: 'shop', name }));
  for (let tick = 0; tick < 5000; tick += 5)
    trend.append([decidedAt(tick), ...others.map((workload) => decidedAt(tick, 1, workload))]);
  const rows = await trend.read(CHECKOUT, ALL);
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.length).toBeLessThan(35);
  expect(rows.at(-1)!.atMs).toBe(START_MS + 4995 * 60_000);
});
