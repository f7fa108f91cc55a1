import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { rowColumns } from '../../../src/forecast/models/lstm/network-inputs.ts';
import { featureNamed } from '../../../src/forecast/features/feature-table.ts';
import { artefactFrom, loadArtefact, networkFrom } from '../../../src/infer/artefact.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { aNetwork } from '../../builders/network.ts';

const scratch = await mkdtemp(join(tmpdir(), 'prescale-artefact-'));
afterAll(() => rm(scratch, { recursive: true, force: true }));

const FEATURE_NAMES = ['newest', 'spread1Hour'];
const network = aNetwork({ rowColumns: rowColumns(FEATURE_NAMES.map((name) => featureNamed(name)!)) });
const artefact = artefactFrom(network, FEATURE_NAMES, { seed: 1 });

test('what is written is read back, to the bit', async () => {
  const file = join(scratch, 'lstm.json');
  await writeFile(file, JSON.stringify(artefact));
  const loaded = await loadArtefact(file);
  expect(loaded.network).toEqual(network);
  expect(loaded.features.map(({ name }) => name)).toEqual(FEATURE_NAMES);
  expect(loaded.artefact.card).toEqual({ seed: 1 });
});

describe('what cannot be served is refused with what is wrong', () => {
  test.each([
    [
      'another format, with nothing else to say',
      { format: 'prescale-lstm/9', extra: 1, features: 1 },
      /not valid:\n {2}format: got "prescale-lstm\/9", allowed: prescale-lstm\/1$/,
    ],
    ['text for a list', { features: 'newest' }, /features: got "newest", allowed: a list of names$/],
    ['a field too many', { extra: 1 }, /extra: got an unknown field, allowed: none of this name$/],
    ['half a unit', { shape: { ...artefact.shape, units: 0.5 } }, /shape\.units: got 0\.5, allowed: a whole/],
    [
      'a mean beyond 32 bits',
      {
        normalisation: { ...artefact.normalisation, means: [1e39, ...artefact.normalisation.means.slice(1)] },
      },
      /normalisation\.means: got a number that is not finite, allowed: finite numbers/,
    ],
    ['a feature of another version', { features: ['newest', 'moonPhase'] }, /features: got moonPhase/],
    ['other experts', { experts: ['newest'] }, /experts/],
    ['one feature less', { features: ['newest'] }, /shape\.rowColumns/],
    [
      'a matrix cut short',
      { weights: { ...artefact.weights, stateKernel: 'AAAAAA==' } },
      /weights\.stateKernel: got 1 numbers/,
    ],
    [
      'weights changed since',
      { weights: { ...artefact.weights, headBias: 'AAAAAAAAAAAAAAAA' } },
      /weightsSha256/,
    ],
    [
      'normalisation of another size',
      { normalisation: { means: [0], deviations: [1] } },
      /normalisation\.means/,
    ],
  ])('%s', (_, change, message) => {
    expect(() => networkFrom({ ...artefact, ...change }, 'lstm.json')).toThrow(message);
    expect(() => networkFrom({ ...artefact, ...change }, 'lstm.json')).toThrow(/lstm\.json/);
  });

  test('weights that are no numbers, though they are those that were written', () => {
    const spoilt = {
      ...network,
      weights: { ...network.weights, gateBias: network.weights.gateBias.map(() => Number.NaN) },
    };
    expect(() => networkFrom(artefactFrom(spoilt, FEATURE_NAMES, {}), 'lstm.json')).toThrow(
      /weights\.gateBias: got a number that is not finite/,
    );
  });

  test('no JSON at all', async () => {
    const file = join(scratch, 'broken.json');
    await writeFile(file, 'weights');
    await expect(loadArtefact(file)).rejects.toThrow(/broken\.json is no network that can be read/);
  });
});

describe('the shipped network', () => {
  test('loads, and its card says where it comes from', async () => {
    const shipped = await shippedNetwork();
    if ('missing' in shipped) throw new Error(shipped.missing);
    const { card, weightsSha256 } = JSON.parse(await readFile('models/lstm.json', 'utf8')) as {
      card: Record<string, unknown>;
      weightsSha256: string;
    };
    expect(card).toMatchObject({
      command: expect.stringMatching(/^prescale train /) as string,
      seed: expect.any(Number) as number,
      data: expect.any(Array) as unknown[],
      validationLoss: expect.any(Number) as number,
    });
    expect(await readFile('models/README.md', 'utf8')).toContain(weightsSha256);
  });

  test('one that is not there, or broken, is a reason and not an error', async () => {
    const absent = pathToFileURL(join(scratch, 'absent.json'));
    expect(await shippedNetwork(absent)).toEqual({
      missing: expect.stringMatching(/no trained network at .*absent/) as string,
    });
    const file = join(scratch, 'half.json');
    await writeFile(file, '{}');
    expect(await shippedNetwork(pathToFileURL(file))).toEqual({
      missing: expect.stringMatching(/half\.json/) as string,
    });
  });
});
