import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepSwitch } from '../../../../../src/cli/run/cluster/keep-switch.ts';
import { keepStopFile } from '../../../../../src/cli/run/stop-file.ts';

const NAME = 'prescale-system/prescale-switch';
let folder: string;
let file: string;
let data: Record<string, string> | undefined;
let changes: (string | undefined)[];
let faults: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prescale-switch-'));
  file = join(folder, 'stop');
  [data, changes, faults] = [undefined, [], []];
});
afterEach(() => rm(folder, { recursive: true }));

function theSwitch() {
  const onFault = (message: string): void => void faults.push(message);
  return keepSwitch({
    name: NAME,
    configMap: () =>
      data && ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'prescale-switch' }, data } as never),
    stopFile: keepStopFile(file, onFault),
    onChange: (because) => void changes.push(because),
    onFault,
  });
}

test('nothing there: nothing is stopped', async () => {
  const kept = theSwitch();
  await kept.look();
  expect([kept.stoppedBecause(), kept.limitsLiftedUntilMs(), changes, faults]).toEqual([
    undefined,
    -Infinity,
    [],
    [],
  ]);
});

test('the ConfigMap counts as soon as its copy has changed, without a look; changes are told once', async () => {
  const kept = theSwitch();
  data = { stop: 'true' };
  expect(kept.stoppedBecause()).toBe(`ConfigMap ${NAME} says stop: true`);
  await kept.look();
  await kept.look();
  data = undefined;
  await kept.look();
  expect(changes).toEqual([`ConfigMap ${NAME} says stop: true`, undefined]);
});

test.each([
  ['empty, as touch leaves it', '', true],
  ['with a reason', 'etcd is down\n', true],
  ['false', 'false\n', false],
])('the file, %s', async (_name, text, isStopped) => {
  await writeFile(file, text);
  const kept = theSwitch();
  await kept.look();
  expect(kept.stoppedBecause() !== undefined).toBe(isStopped);
  await rm(file);
  await kept.look();
  expect(kept.stoppedBecause()).toBeUndefined();
});

test('a file that cannot be read any more leaves what was known', async () => {
  await writeFile(file, '');
  const kept = theSwitch();
  await kept.look();
  // A directory in its place: there, and not to be read, whoever asks.
  await rm(file);

  await mkdir(file);
  await kept.look();
  expect(kept.stoppedBecause()).toBe(`file ${file} is there`);
  expect(faults).toEqual([expect.stringContaining('--stop-file: EISDIR')]);
});

test('what cannot be understood is told once', async () => {
  data = { 'lift-limits-until': 'soon' };
  const kept = theSwitch();
  await kept.look();
  await kept.look();
  expect(faults).toEqual([expect.stringContaining('lift-limits-until: got "soon"')]);
});
