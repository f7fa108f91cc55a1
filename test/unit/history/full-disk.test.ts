import type * as FilePromises from 'node:fs/promises';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';

/** What the disk takes before it is full; a write that does not fit is cut short, the next one fails, as write(2) has it. */
const disk = { freeBytes: Infinity, segmentFits: true };

// Test files share their modules: here what is imported is new, and after these tests it is new for others.
vi.resetModules();
vi.doMock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<typeof FilePromises>();
  const isSegment = (path: string) => path.endsWith('.unfinished');
  const full = () => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const limited = (handle: FilePromises.FileHandle, path: string) =>
    new Proxy(handle, {
      get(target, property) {
        if (property === 'write')
          return async (bytes: Buffer, offset = 0) => {
            if (disk.freeBytes <= 0 || (isSegment(path) && !disk.segmentFits)) throw full();
            const length = Math.min(bytes.length - offset, disk.freeBytes);
            disk.freeBytes -= length;
            return target.write(bytes, offset, length);
          };
        const value: unknown = Reflect.get(target, property);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  return {
    ...real,
    open: async (...args: Parameters<typeof real.open>) => limited(await real.open(...args), String(args[0])),
  };
});

const { aDirectory, aHistory, atTick, recordedAt, SHOP, ticksOf } = await import('./recorded.ts');

afterAll(() => {
  vi.doUnmock('node:fs/promises');
  vi.resetModules();
});

beforeEach(() => {
  disk.freeBytes = Infinity;
  disk.segmentFits = true;
});

test('a disk that fills up costs the decisions of that time, says so once, and goes on when there is room', async () => {
  const directory = aDirectory();
  const { history, heard } = aHistory(directory);
  await history.append([recordedAt(0)]);
  disk.freeBytes = 1000;
  for (const tick of [1, 2, 3]) await history.append([recordedAt(tick)]);
  expect(heard).toMatchObject({ lost: 3, faults: [expect.stringMatching(/^write: .*ENOSPC/)], recovered: 0 });
  const meanwhile = await history.read(SHOP, { limit: 10 });
  expect(ticksOf(meanwhile.decisions)).toEqual([0]);
  expect(meanwhile.completeSinceMs).toBe(atTick(3) + 1);
  disk.freeBytes = Infinity;
  await history.append([recordedAt(4)]);
  await history.append([recordedAt(5)]);
  expect(heard).toMatchObject({ lost: 3, recovered: 1 });
  const { decisions, completeSinceMs } = await history.read(SHOP, { limit: 10 });
  expect(ticksOf(decisions)).toEqual([5, 4, 0]);
  expect(completeSinceMs).toBe(atTick(3) + 1);
  await history.close();
  // Nor is anything half written there for who starts later.
  const later = aHistory(directory);
  expect(await later.history.read(SHOP, { limit: 10 })).toEqual({ decisions, completeSinceMs });
  expect(later.heard.faults).toEqual([]);
});

test('without room for a segment the journal stays, and is read', async () => {
  const { history, heard } = aHistory(aDirectory(), { journalBytes: 50_000 });
  disk.segmentFits = false;
  let tick = 0;
  // The journal is packed beside the appends, whenever its turn comes.
  for (; heard.faults.length === 0 && tick < 2000; tick += 1) await history.append([recordedAt(tick)]);
  expect(heard.faults[0]).toMatch(/^write: .*stays unpacked: ENOSPC/);
  const { decisions } = await history.read(SHOP, { limit: 5000 });
  expect(ticksOf(decisions)).toEqual(Array.from({ length: tick }, (_, i) => tick - 1 - i));
  expect(heard.lost).toBe(0);
});
