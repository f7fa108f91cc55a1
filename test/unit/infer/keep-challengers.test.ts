import { mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NetworkOrReason } from '../../../src/forecast/create-models.ts';
import { keepChallengers } from '../../../src/infer/keep-challengers.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';

const LOOK_MS = 300_000;
const shipped = await shippedNetwork();
const artefact = JSON.parse(await readFile('models/lstm.json', 'utf8')) as object;

let folder: string;
let file: string;
let told: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prescale-keep-challengers-'));
  file = join(folder, 'lstm.json');
  told = [];
});
afterEach(() => rm(folder, { recursive: true }));

/** In its place at once, as prescale train does it. */
async function trained(seenUntil: string, to = file): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await writeFile(`${to}.part`, JSON.stringify({ ...artefact, card: { seenUntil } }));
  await rename(`${to}.part`, to);
}

const fileOf = (workloadClass: string): string => join(folder, workloadClass, 'lstm.json');

const keep = (network: NetworkOrReason = shipped, from: string | undefined = file) =>
  keepChallengers(network, from, {
    onTaken: ({ unseenFromMs }, taken) => void told.push(named(day(unseenFromMs), taken)),
    onGone: (gone) => void told.push(named('gone', gone)),
    onRefused: (message) => void told.push(message),
  });

const day = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);
const named = (what: string, of: string): string =>
  of === file || of === folder ? what : `${relative(folder, of)} ${what}`.trim();

const challengerOf = (network: NetworkOrReason, workloadClass = 'default') =>
  'missing' in network ? undefined : network.challengerFor?.(workloadClass);
const unseenFrom = ({ network }: { network: NetworkOrReason }, workloadClass?: string): number | undefined =>
  challengerOf(network, workloadClass)?.unseenFromMs;

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
  const first = challengerOf(kept.network);
  await kept.look(LOOK_MS);
  expect(kept.network).toMatchObject({ kernel: (shipped as { kernel: object }).kernel });
  expect(challengerOf(kept.network)).toBe(first);
  expect(challengerOf(kept.network, 'web')).toBe(first);
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
    keepChallengers(shipped, undefined, { onTaken: fail, onGone: fail, onRefused: fail }),
    keep(missing),
  ]) {
    await kept.look(0);
    expect(unseenFrom(kept)).toBeUndefined();
  }
  expect(told).toEqual([]);
});

describe('a folder of classes', () => {
  const keepFolder = () => keep(shipped, folder);

  test('gives each class its own, and none to a class without', async () => {
    await trained('2026-11-01', fileOf('web'));
    await trained('2026-11-02', fileOf('default'));
    const kept = keepFolder();
    await kept.look(0);
    expect(['web', 'default', 'batch'].map((name) => unseenFrom(kept, name))).toEqual([
      Date.UTC(2026, 10, 1),
      Date.UTC(2026, 10, 2),
      undefined,
    ]);
    expect(told.toSorted()).toEqual(['default/lstm.json 2026-11-02', 'web/lstm.json 2026-11-01']);
  });

  test('a class is taken, refused and left on its own', async () => {
    await trained('2026-11-01', fileOf('web'));
    await trained('2026-11-01', fileOf('batch'));
    const kept = keepFolder();
    await kept.look(0);
    told = [];
    await trained('Monday', fileOf('web'));
    await trained('2026-11-08', fileOf('batch'));
    await kept.look(LOOK_MS);
    expect(told.toSorted()).toEqual([
      expect.stringMatching(/web\/lstm\.json is not valid:\n.*card\.seenUntil/),
      'batch/lstm.json 2026-11-08',
    ]);
    expect(unseenFrom(kept, 'web')).toBe(Date.UTC(2026, 10, 1));
    expect(unseenFrom(kept, 'batch')).toBe(Date.UTC(2026, 10, 8));
    told = [];
    await rm(join(folder, 'batch'), { recursive: true });
    await kept.look(2 * LOOK_MS);
    expect(told).toEqual(['batch/lstm.json gone']);
    expect([unseenFrom(kept, 'web'), unseenFrom(kept, 'batch')]).toEqual([Date.UTC(2026, 10, 1), undefined]);
  });

  test('may be made later, when the first class is trained', async () => {
    const networks = join(folder, 'networks');
    const kept = keep(shipped, networks);
    await kept.look(0);
    await trained('2026-11-01', join(networks, 'web', 'lstm.json'));
    await kept.look(LOOK_MS);
    expect(told).toEqual(['networks gone', 'networks/web/lstm.json 2026-11-01']);
    expect([unseenFrom(kept, 'web'), unseenFrom(kept)]).toEqual([Date.UTC(2026, 10, 1), undefined]);
  });

  test('what has no name of a class is left out', async () => {
    await trained('2026-11-01', fileOf('Web'));
    await trained('2026-11-01', fileOf('..data'));
    await trained('2026-11-01', fileOf('a_b'));
    await writeFile(join(folder, 'stray'), '');
    const kept = keepFolder();
    await kept.look(0);
    expect(told).toEqual(['gone']);
  });
});

function fail(): never {
  throw new Error('nothing is to be told');
}
