import { mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { removeForgotten } from '../../../src/observe/series-folder.ts';

const DAY_SECONDS = 86_400;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prescale-series-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function writtenAgo(name: string, seconds: number): Promise<void> {
  const path = join(folder, name);
  await writeFile(path, '');
  const at = Date.now() / 1000 - seconds;
  await utimes(path, at, at);
}

test('series that nobody has written for forty days go, and what a crashed writer has left after an hour', async () => {
  await writtenAgo('kept.series', 39 * DAY_SECONDS);
  await writtenAgo('gone.series', 41 * DAY_SECONDS);
  await writtenAgo('writing.new', 1800);
  await writtenAgo('crashed.new', 2 * 3600);
  await removeForgotten(folder);
  expect((await readdir(folder)).sort()).toEqual(['kept.series', 'writing.new']);
});

test('a file that another replica has removed since the folder was listed keeps no other from going', async () => {
  for (const name of ['a.series', 'z.series']) await writtenAgo(name, 41 * DAY_SECONDS);
  // Listed, and not there when it is looked at.
  await symlink(join(folder, 'nowhere'), join(folder, 'm.series'));
  await removeForgotten(folder);
  expect(await readdir(folder)).toEqual(['m.series']);
});
