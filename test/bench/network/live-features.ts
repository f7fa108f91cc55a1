/**
 * What live metrics and rollouts are worth: networks trained on generated series that have them, with and without reading
 * them, on others that neither has seen. A line per network: mean validation loss, and the geometric mean of its WQL to
 * that of the ARIMA-like model, which leads where the network steps back.
 *   npx tsx test/bench/network/live-features.ts [trained series] [unseen series] [epochs]
 */
import type { FeatureSpec } from '../../../src/forecast/features/feature-spec.ts';
import { FEATURES } from '../../../src/forecast/features/feature-table.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';
import { createArima, createArimaPaths } from '../../../src/forecast/models/arima/arima.ts';
import { createLstm } from '../../../src/forecast/models/lstm/lstm.ts';
import { evaluateRolling } from '../../../src/forecast/rolling-origin.ts';
import { artefactFrom, type LoadedNetwork, networkFrom } from '../../../src/infer/artefact.ts';
import { loadTensorflow } from '../../../src/infer/tensorflow.ts';
import { examplesFrom, generatedLiveNamed, type NamedSeries } from '../../../src/train/data-set.ts';
import { defaultFeatures } from '../../../src/train/default-features.ts';
import { trainingOptions } from '../../../src/train/default-options.ts';
import { trainNetwork } from '../../../src/train/train-network.ts';

const [trained = 20, unseen = 10, epochs = 10] = process.argv.slice(2).map(Number);
const TRAINED_SEED = 1;
const UNSEEN_SEED = 2;
const CALENDAR = { timeZone: 'UTC', holidayCountry: null, events: [], excludedFromTraining: [] };

const SETS: Readonly<Record<string, readonly FeatureSpec[]>> = {
  'as shipped': defaultFeatures(),
  'with live metrics and rollouts': [...defaultFeatures(), ...FEATURES.filter(({ isReading }) => isReading)],
};

async function trainedOn(named: readonly NamedSeries[], features: readonly FeatureSpec[]) {
  const examples = await examplesFrom(named, features, () => undefined);
  let loss = Number.NaN;
  // Few series: smaller batches of more windows, as in fine-tuning.
  const options = {
    ...trainingOptions({ seed: 1, epochs, patience: epochs, units: 8 }, features),
    ...{ batchWindows: 64, windowsPerSeries: 3000 },
  };
  const network = await trainNetwork(await loadTensorflow('wasm'), examples, options, {
    onEpoch: ({ bestLoss }) => Promise.resolve(void (loss = bestLoss)),
  });
  const names = features.map(({ name }) => name);
  return { loss, served: networkFrom(artefactFrom(network, names, {}), 'trained here') };
}

function ratiosOn(served: LoadedNetwork, { series, live }: NamedSeries): readonly number[] {
  const pathsFor = createArimaPaths();
  const plan = {
    ...{ series, live, calendar: CALENDAR, lookbackSlots: Infinity },
    horizonSteps: defaultHorizonSteps(series.stepSeconds),
    strideSlots: Math.round(900 / series.stepSeconds),
  };
  const { models } = evaluateRolling(plan, {
    models: [createLstm(served, pathsFor), createArima(pathsFor)],
    chain: ['lstm', 'arima'],
    names: ['auto', 'arima', 'lstm'],
    monotonicMs: () => performance.now(),
  });
  const arima = models.get('arima')!.wqlRatio!;
  return [models.get('auto')!.wqlRatio! / arima, 1 - models.get('lstm')!.unavailableRatio];
}

const unseenSeries = generatedLiveNamed(unseen, UNSEEN_SEED);
for (const [name, features] of Object.entries(SETS)) {
  const { loss, served } = await trainedOn(generatedLiveNamed(trained, TRAINED_SEED), features);
  const scores = unseenSeries.map((one) => ratiosOn(served, one));
  const logs = scores.map(([ratio]) => Math.log(ratio));
  const mean = Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length);
  const led = scores.reduce((sum, [, share]) => sum + share, 0) / scores.length;
  const all = scores.map(([ratio]) => ratio.toFixed(3)).join(' ');
  process.stdout.write(
    `${name}: validation loss ${loss.toFixed(4)}, WQL to arima ${mean.toFixed(4)} (led ${(100 * led).toFixed(0)} %): ${all}\n`,
  );
}
