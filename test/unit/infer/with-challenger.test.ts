import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { withChallenger } from '../../../src/infer/with-challenger.ts';

const scratch = await mkdtemp(join(tmpdir(), 'prescale-challenger-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const shipped = await shippedNetwork();

async function challengerFile(name: string, card: object): Promise<string> {
  const artefact = JSON.parse(await readFile('models/lstm.json', 'utf8')) as object;
  const file = join(scratch, name);
  await writeFile(file, JSON.stringify({ ...artefact, card }));
  return file;
}

async function served(file: string | undefined) {
  const faults: string[] = [];
  const network = await withChallenger(shipped, file, (message) => void faults.push(message));
  return { network, faults };
}

test('a fine-tuned network contends from where it had seen nothing', async () => {
  const file = await challengerFile('good.json', { seenUntil: '2026-11-01T00:00:00.000Z' });
  const { network, faults } = await served(file);
  expect(faults).toEqual([]);
  expect(network).toMatchObject({ challenger: { unseenFromMs: Date.UTC(2026, 10, 1) } });
});

test.each<[string, () => Promise<string>, RegExp]>([
  ['that is not there', () => Promise.resolve(join(scratch, 'absent.json')), /absent\.json is no network/],
  ['that does not tell what it has seen', () => challengerFile('a.json', {}), /card\.seenUntil: got nothing/],
  [
    'that tells it in another way',
    () => challengerFile('b.json', { seenUntil: 'Monday' }),
    /card\.seenUntil: got "Monday", allowed: an ISO 8601 time/,
  ],
])('the network serves alone beside one %s, and it is told', async (_, file, message) => {
  const { network, faults } = await served(await file());
  expect(faults).toEqual([expect.stringMatching(message)]);
  expect(network).toBe(shipped);
});

test('none is asked for, none is there; and none contends with nobody', async () => {
  expect(await served(undefined)).toEqual({ network: shipped, faults: [] });
  const missing = { missing: 'not here' };
  const file = await challengerFile('c.json', { seenUntil: '2026-11-01T00:00:00.000Z' });
  expect(await withChallenger(missing, file, () => undefined)).toBe(missing);
});
