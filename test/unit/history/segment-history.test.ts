import {
  appendFileSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { aDirectory, aHistory, atTick, recordedAt, SHOP, ticksOf } from './recorded.ts';

const OTHER = { namespace: 'shop', name: 'search' };
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const filesOf = (directory: string, suffix: string): string[] =>
  readdirSync(directory).filter((name) => name.endsWith(suffix));

/** Small journals, so that a few hundred decisions are several segments. */
const PACKED = { journalBytes: 100_000 };

async function filled(directory: string, ticks: number, options = PACKED) {
  const made = aHistory(directory, options);
  for (const tick of range(0, ticks)) await made.history.append([recordedAt(tick), recordedAt(tick, OTHER)]);
  return made;
}

const segmentsAppear = (directory: string, count: number) =>
  vi.waitFor(() => expect(filesOf(directory, '.segment').length).toBeGreaterThanOrEqual(count), 20_000);

describe('what was appended is read', () => {
  test('in full, to the last digit', async () => {
    const { history } = aHistory(aDirectory());
    await history.append([recordedAt(0)]);
    const { decisions } = await history.read(SHOP, { limit: 1 });
    expect(decisions).toEqual([recordedAt(0)]);
  });

  test('before it is written', async () => {
    const { history } = aHistory(aDirectory());
    void history.append([recordedAt(0)]);
    void history.append([recordedAt(1)]);
    expect(ticksOf((await history.read(SHOP, { limit: 5 })).decisions)).toEqual([1, 0]);
  });

  test('by a process that starts later, from journal and segments', async () => {
    const directory = aDirectory();
    const { history } = await filled(directory, 200);
    await segmentsAppear(directory, 2);
    await history.close();
    const again = aHistory(directory, PACKED);
    const { decisions, completeSinceMs } = await again.history.read(SHOP, { limit: 1000 });
    expect(ticksOf(decisions)).toEqual(range(0, 200).reverse());
    expect(decisions.at(-1)).toEqual(recordedAt(0));
    expect(completeSinceMs).toBe(atTick(0));
    expect(again.heard).toMatchObject({ faults: [], lost: 0 });
    await again.history.append([recordedAt(200)]);
    expect(ticksOf((await again.history.read(SHOP, { limit: 2 })).decisions)).toEqual([200, 199]);
  });

  test('page by page, whatever the size of the pages', async () => {
    const directory = aDirectory();
    const { history } = await filled(directory, 150);
    await segmentsAppear(directory, 1);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 160 }), async (limit) => {
        const seen: number[] = [];
        for (let beforeMs = Infinity; ;) {
          const { decisions } = await history.read(SHOP, { limit, beforeMs });
          if (decisions.length === 0) break;
          seen.push(...ticksOf(decisions));
          beforeMs = decisions[decisions.length - 1].decision.decidedAtMs;
        }
        expect(seen).toEqual(range(0, 150).reverse());
      }),
      { numRuns: 8 },
    );
  });

  test('each workload its own', async () => {
    const { history } = await filled(aDirectory(), 3);
    const { decisions } = await history.read(OTHER, { limit: 10 });
    expect(decisions.map(({ decision }) => decision.workload)).toEqual([OTHER, OTHER, OTHER]);
    expect((await history.read({ namespace: 'shop', name: 'none' }, { limit: 1 })).decisions).toEqual([]);
  });

  test('once, where a past is played again', async () => {
    const directory = aDirectory();
    await (await filled(directory, 100)).history.close();
    const { history } = await filled(directory, 100);
    expect(ticksOf((await history.read(SHOP, { limit: 500 })).decisions)).toEqual(range(0, 100).reverse());
  });

  test('an empty history has nothing, since never', async () => {
    const { history } = aHistory(aDirectory());
    expect(await history.read(SHOP, { limit: 5 })).toEqual({ decisions: [], completeSinceMs: null });
  });
});

describe('room', () => {
  test('the oldest goes, the bound holds, and it is said since when it is complete', async () => {
    const directory = aDirectory();
    const mostBytes = 400_000;
    const { history } = aHistory(directory, { mostBytes });
    const sizes: number[] = [];
    for (const tick of range(0, 600)) {
      await history.append([recordedAt(tick)]);
      sizes.push(diskBytes(directory));
    }
    expect(Math.max(...sizes)).toBeLessThan(mostBytes);
    const { decisions, completeSinceMs } = await history.read(SHOP, { limit: 1000 });
    const oldest = decisions.at(-1)!.decision.decidedAtMs;
    expect(oldest).toBeGreaterThan(atTick(0));
    expect(completeSinceMs).toBe(oldest);
    expect(ticksOf(decisions)).toEqual(range((oldest - atTick(0)) / 15_000, 600).reverse());
  });

  test('what is older than asked for goes', async () => {
    const directory = aDirectory();
    const { history } = aHistory(directory, { ...PACKED, mostAgeSeconds: 600 });
    for (const tick of range(0, 200)) await history.append([recordedAt(tick)]);
    await segmentsAppear(directory, 1);
    await history.append([recordedAt(10_000)]);
    await history.append([recordedAt(10_001)]);
    expect(ticksOf((await history.read(SHOP, { limit: 500 })).decisions).at(-1)).toBeGreaterThan(100);
  });
});

function diskBytes(directory: string): number {
  const sizeOf = (name: string): number =>
    statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0;
  return readdirSync(directory).reduce((sum, name) => sum + sizeOf(name), 0);
}

describe('damage costs history, and is told', () => {
  test.each([
    ['cut in the middle of a line', (file: string) => truncateSync(file, statSync(file).size - 100)],
    ['with garbage at its end', (file: string) => appendFileSync(file, 'garbage\n\0\0\0')],
  ])('a journal %s', async (_name, damage) => {
    const directory = aDirectory();
    const before = await filled(directory, 10, { journalBytes: 1e8 });
    await before.history.close();
    damage(join(directory, filesOf(directory, '.journal')[0]));
    const { history, heard } = aHistory(directory);
    await history.append([recordedAt(11)]);
    const { decisions, completeSinceMs } = await history.read(SHOP, { limit: 100 });
    expect(ticksOf(decisions).slice(0, 2)).toEqual([11, 9]);
    expect(completeSinceMs).toBe(atTick(11));
    expect(heard.faults).toEqual([expect.stringMatching(/^corrupt: .*not whole decisions/)]);
  });

  test.each([
    ['whose index is damaged', (file: string) => flip(file, statSync(file).size - 40)],
    ['that is cut off', (file: string) => truncateSync(file, 1000)],
    ['that is empty', (file: string) => writeFileSync(file, '')],
  ])('a segment %s is set aside; the others stay', async (_name, damage) => {
    const directory = aDirectory();
    const before = await filled(directory, 200);
    await segmentsAppear(directory, 2);
    await before.history.close();
    damage(join(directory, filesOf(directory, '.segment').sort()[0]));
    const { history, heard } = aHistory(directory, PACKED);
    await history.append([recordedAt(200)]);
    const { decisions, completeSinceMs } = await history.read(SHOP, { limit: 1000 });
    expect(ticksOf(decisions).slice(0, 20)).toEqual(range(181, 201).reverse());
    expect(decisions.length).toBeLessThan(201);
    expect(completeSinceMs).toBe(atTick(200));
    expect(heard.faults[0]).toMatch(/^corrupt: .*set aside/);
    expect(filesOf(directory, '.corrupt')).toHaveLength(1);
  });

  test('a block of a segment is left out when it is read', async () => {
    const directory = aDirectory();
    const before = await filled(directory, 200);
    await segmentsAppear(directory, 2);
    await before.history.close();
    flip(join(directory, filesOf(directory, '.segment').sort()[0]), 50);
    const { history, heard } = aHistory(directory, PACKED);
    const { decisions, completeSinceMs } = await history.read(SHOP, { limit: 1000 });
    expect(decisions.length).toBeLessThan(200);
    expect(completeSinceMs).toBeGreaterThan(atTick(0));
    expect(heard.faults).toEqual([expect.stringMatching(/^corrupt: a block/)]);
    // Also for who starts later.
    await history.append([recordedAt(200)]);
    await history.close();
    const later = aHistory(directory, PACKED);
    expect((await later.history.read(SHOP, { limit: 1 })).completeSinceMs).toBe(completeSinceMs);
  });

  test('a segment that somebody removed', async () => {
    const directory = aDirectory();
    const { history, heard } = await filled(directory, 200);
    await segmentsAppear(directory, 2);
    rmSync(join(directory, filesOf(directory, '.segment').sort()[0]));
    const { decisions, completeSinceMs } = await history.read(SHOP, { limit: 1000 });
    expect(ticksOf(decisions)).toEqual(range(200 - decisions.length, 200).reverse());
    expect(completeSinceMs).toBe(decisions.at(-1)!.decision.decidedAtMs);
    expect(heard.faults).toHaveLength(1);
  });

  test('a segment that was being written when the process ended is made again from its journal', async () => {
    const directory = aDirectory();
    const before = await filled(directory, 20, { journalBytes: 1e8 });
    await before.history.close();
    const [journal] = filesOf(directory, '.journal');
    writeFileSync(join(directory, journal.replace('.journal', '.unfinished')), 'half a segment');
    const { history, heard } = aHistory(directory);
    expect((await history.read(SHOP, { limit: 100 })).decisions).toHaveLength(20);
    expect(heard.faults).toEqual([]);
    expect(filesOf(directory, '.unfinished')).toEqual([]);
  });
});

function flip(file: string, offset: number): void {
  const content = readFileSync(file);
  content[offset] ^= 0xff;
  writeFileSync(file, content);
}

describe('a directory that cannot be used', () => {
  test('of another process: lost, told once, and used when it is free', async () => {
    const directory = aDirectory();
    const first = aHistory(directory);
    await first.history.append([recordedAt(0)]);
    const second = aHistory(directory);
    await second.history.append([recordedAt(1)]);
    await second.history.append([recordedAt(2)]);
    expect(second.heard.lost).toBe(2);
    expect(second.heard.faults).toEqual([expect.stringMatching(/^write: .*another process/)]);
    await first.history.close();
    await second.history.append([recordedAt(3)]);
    expect(second.heard.recovered).toBe(1);
    const { decisions, completeSinceMs } = await second.history.read(SHOP, { limit: 10 });
    expect(ticksOf(decisions)).toEqual([3, 0]);
    expect(completeSinceMs).toBe(atTick(2) + 1);
  });

  test('a file in its place', async () => {
    const file = join(aDirectory(), 'file');
    writeFileSync(file, '');
    const { history, heard } = aHistory(file);
    await history.append([recordedAt(0)]);
    expect(heard).toMatchObject({ lost: 1, faults: [expect.stringMatching(/^write: .*(EEXIST|ENOTDIR)/)] });
    expect(await history.read(SHOP, { limit: 1 })).toEqual({ decisions: [], completeSinceMs: null });
  });
});
