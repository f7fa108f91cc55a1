import { mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NetworkOrReason } from '../../../src/forecast/create-models.ts';
import { keepChallenger } from '../../../src/infer/keep-challenger.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';

const LOOK_MS = 300_000;
const shipped = await shippedNetwork();
const artefact = JSON.parse(await readFile('models/lstm.json', 'utf8')) as object;

let folder: string;
let file: string;
let told: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prescale-keep-challenger-'));
  file = join(folder, 'lstm.json');
  told = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** In its place at once, as prescale train does it. */
async function trained(seenUntil: string): Promise<void> {
  await writeFile(`${file}.part`, JSON.stringify({ ...artefact, card: { seenUntil } }));
  await rename(`${file}.part`, file);
}

const keep = (network: NetworkOrReason = shipped, from: string | undefined = file) =>
  keepChallenger(network, from, {
    onTaken: ({ unseenFromMs }) => void told.push(new Date(unseenFromMs).toISOString().slice(0, 10)),
    onGone: () => void told.push('gone'),
    onRefused: (message) => void told.push(message),
  });

const unseenFrom = ({ network }: { network: NetworkOrReason }): number | undefined =>
  'missing' in network ? undefined : network.challenger?.unseenFromMs;

test('one that is trained while the controller runs is taken at a look, without another start', async () => {
  const kept = keep();
  await kept.look(0);
  expect(unseenFrom(kept)).toBeUndefined();
  await trained('2026-11-01');
  await kept.look(LOOK_MS - 1);
  expect(unseenFrom(kept)).toBeUndefined();
  await kept.look(LOOK_MS);
  expect(unseenFrom(kept)).toBe(Date.UTC(2026, 10, 1));
  await trained('2026-11-08');
  await kept.look(2 * LOOK_MS);
  expect(unseenFrom(kept)).toBe(Date.UTC(2026, 10, 8));
  expect(told).toEqual(['gone', '2026-11-01', '2026-11-08']);
});

test('one that stays is read once, and the network beside it is the shipped one', async () => {
  await trained('2026-11-01');
  const kept = keep();
  await kept.look(0);
  const first = 'missing' in kept.network ? undefined : kept.network.challenger;
  await kept.look(LOOK_MS);
  expect(kept.network).toMatchObject({ kernel: (shipped as { kernel: object }).kernel, challenger: first });
  expect(told).toEqual(['2026-11-01']);
});

test('one that is cut off, or does not tell what it has seen, is refused once with the reason; the one before goes on', async () => {
  await trained('2026-11-01');
  const kept = keep();
  await kept.look(0);
  await truncate(file, 5000);
  await kept.look(LOOK_MS);
  await kept.look(2 * LOOK_MS);
  await trained('Monday');
  await kept.look(3 * LOOK_MS);
  expect(told).toEqual([
    '2026-11-01',
    expect.stringContaining('is no network that can be read'),
    expect.stringContaining('card.seenUntil: got "Monday", allowed: an ISO 8601 time'),
  ]);
  expect(unseenFrom(kept)).toBe(Date.UTC(2026, 10, 1));
  await trained('2026-11-08');
  await kept.look(4 * LOOK_MS);
  expect(unseenFrom(kept)).toBe(Date.UTC(2026, 10, 8));
});

test('one that is taken away contends no more', async () => {
  await trained('2026-11-01');
  const kept = keep();
  await kept.look(0);
  await rm(file);
  await kept.look(LOOK_MS);
  expect(unseenFrom(kept)).toBeUndefined();
  expect(told).toEqual(['2026-11-01', 'gone']);
});

test('none is looked for where none is named, or none could be served', async () => {
  const missing = { missing: 'not here' };
  await trained('2026-11-01');
  for (const kept of [
    keepChallenger(shipped, undefined, { onTaken: fail, onGone: fail, onRefused: fail }),
    keep(missing),
  ]) {
    await kept.look(0);
    expect(unseenFrom(kept)).toBeUndefined();
  }
  expect(told).toEqual([]);
});

function fail(): never {
  throw new Error('nothing is to be told');
}
