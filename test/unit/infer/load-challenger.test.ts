import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadChallenger } from '../../../src/infer/load-challenger.ts';

const scratch = await mkdtemp(join(tmpdir(), 'prescale-challenger-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function challengerFile(name: string, card: object): Promise<string> {
  const artefact = JSON.parse(await readFile('models/lstm.json', 'utf8')) as object;
  const file = join(scratch, name);
  await writeFile(file, JSON.stringify({ ...artefact, card }));
  return file;
}

test('a fine-tuned network contends from where it had seen nothing', async () => {
  const file = await challengerFile('good.json', { seenUntil: '2026-11-01T00:00:00.000Z' });
  expect(await loadChallenger(file)).toMatchObject({ unseenFromMs: Date.UTC(2026, 10, 1) });
});

test.each<[string, () => Promise<string>, RegExp]>([
  ['is not there', () => Promise.resolve(join(scratch, 'absent.json')), /absent\.json is no network/],
  ['does not tell what it has seen', () => challengerFile('a.json', {}), /card\.seenUntil: got nothing/],
  [
    'tells it in another way',
    () => challengerFile('b.json', { seenUntil: 'Monday' }),
    /card\.seenUntil: got "Monday", allowed: an ISO 8601 time/,
  ],
])('one that %s is refused', async (_, file, message) => {
  await expect(file().then(loadChallenger)).rejects.toThrow(message);
});
