import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { artefactFrom, loadArtefact } from '../../../src/infer/artefact.ts';
import { writeArtefact } from '../../../src/infer/write-artefact.ts';
import { aNetwork } from '../../builders/network.ts';
import { WRITTEN_FEATURES, WRITTEN_SHAPE } from './written-network.ts';

const scratch = await mkdtemp(join(tmpdir(), 'prescale-write-artefact-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const numbered = (count: number) => artefactFrom(aNetwork(WRITTEN_SHAPE, count), WRITTEN_FEATURES, { count });
const countIn = async (file: string): Promise<unknown> => (await loadArtefact(file)).artefact.card['count'];

test('a network takes the place of the one before, which is kept', async () => {
  const file = join(scratch, 'lstm.json');
  for (const count of [1, 2, 3]) await writeArtefact(file, numbered(count));
  expect([await countIn(file), await countIn(join(scratch, 'previous-lstm.json'))]).toEqual([3, 2]);
});

test.each(['lstm.json.part', 'previous-lstm.json.part'])(
  'where %s cannot be written the one before stays',
  async (blocked) => {
    const folder = join(scratch, `blocked-${blocked}`);
    await mkdir(folder);
    const file = join(folder, 'lstm.json');
    await writeArtefact(file, numbered(1));
    await mkdir(join(folder, blocked));
    await expect(writeArtefact(file, numbered(2))).rejects.toThrow();
    expect(await countIn(file)).toBe(1);
  },
);

test('a writer that is killed leaves a whole network, again and again', async () => {
  const file = join(scratch, 'killed.json');
  for (const round of [1, 2, 3]) {
    const args = ['--import', 'tsx', 'test/unit/infer/artefact-writer-process.ts', file];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    let told = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      told = Number(line);
      if (told === 3 + round) child.kill('SIGKILL');
    }
    await exited;
    expect(child.signalCode).toBe('SIGKILL');
    // What was put into its place and could not be told any more counts, too.
    expect(await countIn(file)).toBeOneOf([told, told + 1]);
  }
});
