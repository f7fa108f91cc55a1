import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readHeapSamples, whatIsKept, type HeapSample } from '../../soak/heap-slope.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prescale-witness-'));
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));

/** By how much what is kept, and the whole, grew from before a program did something until well after. */
async function growthOf(deed: string): Promise<{ readonly keptBytes: number; readonly heapBytes: number }> {
  const file = join(folder, `heap-${deed.length}`);
  const witness = join(import.meta.dirname, '..', '..', 'soak', 'heap-witness.js');
  const program = `
    const kept = [];
    let before = 0;
    const looking = setInterval(() => {
      const lines = fs.existsSync(${JSON.stringify(file)}) ? fs.readFileSync(${JSON.stringify(file)}, 'utf8').split('\\n').length - 1 : 0;
      if (lines > 0 && before === 0) { ${deed}; before = lines; }
      if (lines >= before + 4 && before > 0) clearInterval(looking);
    }, 20);`;
  await promisify(execFile)(process.execPath, ['--expose-gc', '--import', witness, '-e', program], {
    env: {
      ...process.env,
      PRESCALE_HEAP_FILE: file,
      PRESCALE_HEAP_SECONDS: '0.3',
      PRESCALE_CENSUS_EACH: '1',
    },
  });
  const samples = await readHeapSamples(file);
  const grownBytes = (all: readonly HeapSample[]): number => all.at(-1)!.heapBytes - all[0].heapBytes;
  return { keptBytes: grownBytes(whatIsKept(samples)), heapBytes: grownBytes(samples) };
}

test.each([
  ['objects', 'kept.push(...Array.from({ length: 40_000 }, (_, one) => ({ one })))'],
  ['contents of buffers', 'kept.push(Buffer.alloc(2_000_000, 1))'],
])('%s that a program keeps are told', async (_, keep) => {
  const { keptBytes } = await growthOf(keep);
  expect(keptBytes).toBeGreaterThan(1.5e6);
  expect(keptBytes).toBeLessThan(4e6);
});

test('functions that a program compiles are not, but are part of the whole', async () => {
  const { keptBytes, heapBytes } = await growthOf(
    `for (let n = 0; n < 4000; n += 1) {
      kept.push(new Function('a', 'b', 'return a.x + b.y * ' + n));
      kept[n]({ x: 1 }, { y: 2 });
    }`,
  );
  expect(heapBytes).toBeGreaterThan(2.5 * keptBytes);
});
