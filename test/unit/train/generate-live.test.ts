import { expect, test } from 'vitest';
import { LIVE_FEATURES } from '../../../src/domain/live-history.ts';
import { FEATURES, featureNamed } from '../../../src/forecast/features/feature-table.ts';
import { EXPERTS } from '../../../src/forecast/models/lstm/experts.ts';
import { createKernel } from '../../../src/forecast/models/lstm/kernel.ts';
import type { Network } from '../../../src/forecast/models/lstm/network.ts';
import {
  columnNames,
  STEP_COLUMNS,
  writeStepInputs,
} from '../../../src/forecast/models/lstm/network-inputs.ts';
import { loadTensorflow } from '../../../src/infer/tensorflow.ts';
import { examplesFrom, generatedLiveNamed, type NamedSeries } from '../../../src/train/data-set.ts';
import { trainingOptions } from '../../../src/train/default-options.ts';
import { generatedLiveSeries } from '../../../src/train/generate-live.ts';
import type { SeriesExamples } from '../../../src/train/series-examples.ts';
import { trainNetwork } from '../../../src/train/train-network.ts';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

test('the same seed gives the same series, another seed another', () => {
  expect(generatedLiveSeries(7)).toEqual(generatedLiveSeries(7));
  expect(generatedLiveSeries(7)).not.toEqual(generatedLiveSeries(8));
});

test('columns lie on the grid of the rates, shares are shares, and each metric is missing in some series', () => {
  const missing = new Map<string, number>();
  for (const seed of SEEDS) {
    const { series, live } = generatedLiveSeries(seed);
    for (const name of LIVE_FEATURES) {
      const column = live.metrics[name];
      if (column === undefined) {
        missing.set(name, (missing.get(name) ?? 0) + 1);
        continue;
      }
      expect([column.startAtMs, column.values.length]).toEqual([series.startAtMs, series.values.length]);
      const most = /Utilization|Ratio/.test(name) ? 1 : 1e12;
      const known = column.values.filter((value) => !Number.isNaN(value));
      expect(known.every((value) => value >= 0 && value <= most)).toBe(true);
    }
    expect(live.rolloutsAtMs).toEqual(live.rolloutsAtMs.toSorted((a, b) => a - b));
    expect(live.rolloutsAtMs.length).toBeGreaterThan(0);
  }
  expect([...missing.keys()].sort()).toEqual([...LIVE_FEATURES].sort());
  expect(Math.max(...missing.values())).toBeLessThan(SEEDS.length / 2);
});

const READ = ['newest', 'slope15Minutes'].map((name) => featureNamed(name)!);
const READINGS = FEATURES.filter(({ isReading }) => isReading);

test('each reading varies: what the embedded recording does not carry, too', async () => {
  const examples = await examplesFrom(generatedLiveNamed(3, 4), READINGS, () => undefined);
  const names = columnNames(READINGS);
  for (const { name } of READINGS) {
    const column = names.indexOf(name);
    const values = new Set(examples.flatMap(({ records }) => records.map(({ row }) => row[column])));
    values.delete(Number.NaN);
    expect(values.size).toBeGreaterThan(10);
  }
});

/** Of the base's absolute errors, as they weigh in training: the share that is left once the network has corrected them. */
function leftBy(network: Network, examples: readonly SeriesExamples[]): number {
  const kernel = createKernel(network);
  const inputs = new Float32Array(STEP_COLUMNS);
  const { windowRows } = network.shape;
  let [left, whole] = [0, 0];
  for (const { records, errors, weights, horizonSteps, stepSeconds } of examples) {
    const projected = records.map(({ row }) => kernel.projected(row));
    records.forEach((record, index) => {
      const state = kernel.stateAfter(projected.slice(Math.max(0, index + 1 - windowRows), index + 1));
      for (let step = 0; step < horizonSteps; step += 1) {
        const [error, weight] = [errors[index * horizonSteps + step], weights[index * horizonSteps + step]];
        if (Number.isNaN(error)) continue;
        writeStepInputs(record, step, stepSeconds, inputs);
        const offsets = record.offsets.subarray(step * EXPERTS, (step + 1) * EXPERTS);
        left += weight * Math.abs(error - kernel.correction(state, inputs, offsets).shift);
        whole += weight * Math.abs(error);
      }
    });
  }
  return left / whole;
}

test('a network that reads live metrics forecasts unseen series better than one that was never told them', async () => {
  const features = [...READ, ...READINGS];
  const tf = await loadTensorflow('wasm');
  const leftWith = async (told: (named: NamedSeries) => NamedSeries): Promise<number> => {
    const [seen, unseen] = [generatedLiveNamed(4, 1), generatedLiveNamed(2, 2)].map((all) => all.map(told));
    const examples = await examplesFrom(seen, features, () => undefined);
    const options = trainingOptions({ seed: 1, epochs: 6, patience: 6, units: 4 }, features);
    const network = await trainNetwork(tf, examples, {
      ...options,
      batchWindows: 64,
      windowsPerSeries: 2000,
    });
    return leftBy(network, await examplesFrom(unseen, features, () => undefined));
  };
  const withLive = await leftWith((one) => one);
  const without = await leftWith(({ name, series }) => ({ name, series }));
  expect(withLive).toBeLessThan(0.99 * without);
}, 300_000);
