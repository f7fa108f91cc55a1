import { expect, test } from 'vitest';
import type { LiveFeature } from '../../../src/domain/live-history.ts';
import { featureNamed } from '../../../src/forecast/features/feature-table.ts';
import { createKernel } from '../../../src/forecast/models/lstm/kernel.ts';
import { standardise } from '../../../src/forecast/models/lstm/network.ts';
import { columnNames } from '../../../src/forecast/models/lstm/network-inputs.ts';
import type { LoadedNetwork } from '../../../src/infer/artefact.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { examplesFrom } from '../../../src/train/data-set.ts';
import type { SeriesExamples } from '../../../src/train/series-examples.ts';
import { unknownReadings, widenedNetwork } from '../../../src/train/widened-network.ts';
import { aSeries } from '../../contract/forecaster.ts';

const shipped = (await shippedNetwork()) as LoadedNetwork;
const features = [...shipped.features, ...['latency', 'errorRatio'].map((name) => featureNamed(name)!)];

async function examplesWith(...metrics: readonly LiveFeature[]): Promise<readonly SeriesExamples[]> {
  const series = aSeries({ days: 4, stepSeconds: 900 });
  const column = { ...series, values: series.values.map((_, slot) => 1 + (slot % 7)) };
  const live = { metrics: Object.fromEntries(metrics.map((name) => [name, column])), rolloutsAtMs: [] };
  return examplesFrom([{ name: 'shop', series, live }], features, () => undefined);
}

test('a network that reads more forecasts as it did, until it is trained', async () => {
  const examples = await examplesWith('latency');
  const wide = widenedNetwork(shipped, features, examples);
  const own = columnNames(shipped.features);
  const { row } = examples[0].records[50];
  const narrow = Float32Array.from(own, (column) => row[columnNames(features).indexOf(column)]);
  const [before, after] = [createKernel(shipped.network), createKernel(wide)];
  expect([...after.projected(row)]).toEqual([...before.projected(narrow)]);
});

test('what the examples know is normalised by them, and what they do not know is masked', async () => {
  const wide = widenedNetwork(shipped, features, await examplesWith('latency'));
  const at = (column: string): number => columnNames(features).indexOf(column);
  const row = new Float32Array(wide.shape.rowColumns).fill(2);
  standardise(wide, row, row);
  expect(row[at('latency')]).not.toBe(0);
  expect([row[at('errorRatio')], row[at('errorRatio is known')]]).toEqual([0, 0]);
});

test('a reading that its training never knew is learned from once there are examples of it', async () => {
  const blind = { network: widenedNetwork(shipped, features, await examplesWith()), features };
  const { units } = blind.network.shape;
  const column = columnNames(features).indexOf('errorRatio');
  const inputKernel = blind.network.weights.inputKernel.fill(9, column * 4 * units, (column + 1) * 4 * units);
  const network = { ...blind.network, weights: { ...blind.network.weights, inputKernel } };
  const seeing = widenedNetwork({ network, features }, features, await examplesWith('errorRatio'));
  expect(blind.network.deviations[column]).toBe(0);
  expect(seeing.deviations[column]).toBeGreaterThan(0);
  // The weights that chance had left there are gone.
  expect(seeing.weights.inputKernel[column * 4 * units]).toBe(0);
});

test('readings that no row knows are named', async () => {
  expect(unknownReadings(features, await examplesWith('latency'))).toEqual(['errorRatio']);
  expect(unknownReadings(features, await examplesWith('latency', 'errorRatio'))).toEqual([]);
});
