import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeWhole } from '../../../../src/cli/record/write-file.ts';

test('stopped half-way, the file is what it was and nothing else is left', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'prescale-write-'));
  const path = join(dir, 'out.csv');
  await writeFile(path, 'before');
  const stop = new AbortController();
  const reason = new Error('stopped by SIGINT');
  async function* parts() {
    yield 'half';
    await Promise.resolve();
    stop.abort(reason);
    yield 'rest';
  }
  await expect(writeWhole(path, parts(), stop.signal)).rejects.toBe(reason);
  expect(await readFile(path, 'utf8')).toBe('before');
  expect(await readdir(dir)).toEqual(['out.csv']);
  await rm(dir, { recursive: true });
});
