/**
 * Scores the network on recordings of sources that it has not seen: for each source, one is trained on the others and
 * kept in OUT_FOLDER. A line of JSON per recording: `auto` is lstm, and arima where it steps back.
 *   npx tsx test/bench/network/leave-one-out.ts OUT_FOLDER [source,…]
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import v8 from 'node:v8';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';
import { createArima, createArimaPaths } from '../../../src/forecast/models/arima/arima.ts';
import { createLstm } from '../../../src/forecast/models/lstm/lstm.ts';
import { createSeasonalNaive } from '../../../src/forecast/models/seasonal-naive/seasonal-naive.ts';
import { evaluateRolling, type EvaluatedName } from '../../../src/forecast/rolling-origin.ts';
import { artefactFrom, loadArtefact, type LoadedNetwork } from '../../../src/infer/artefact.ts';
import { loadTensorflow } from '../../../src/infer/tensorflow.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { resample } from '../../../src/observe/resample.ts';
import { atSeveralSteps, examplesFrom, generatedNamed } from '../../../src/train/data-set.ts';
import { DEFAULT_FEATURES, defaultFeatures } from '../../../src/train/default-features.ts';
import { trainingOptions } from '../../../src/train/default-options.ts';
import type { SeriesExamples } from '../../../src/train/series-examples.ts';
import { trainNetwork } from '../../../src/train/train-network.ts';
import { SHIPPED_RECORDINGS, sourceOf } from './sources.ts';

const TRACES = '../shared/traces';
const CHOSEN = { seed: 1, epochs: 10, patience: 4, units: 8 };
const GENERATED = 20;
const CALENDAR = { timeZone: 'UTC', holidayCountry: null, events: [], excludedFromTraining: [] };
const NAMES: readonly EvaluatedName[] = ['auto', 'lstm', 'arima', 'seasonal-naive'];

const [folder = '/tmp/leave-one-out', only = ''] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const files = (await readdir(TRACES))
  .filter((name) => name.endsWith('.csv'))
  .map((name) => name.slice(0, -4));

async function recorded(name: string): Promise<TimeSeries> {
  return (await loadRecording(`${TRACES}/${name}.csv`)).columns.arrivalRate;
}

async function makeExamples(): Promise<readonly SeriesExamples[]> {
  const kept = `${folder}/examples.v8`;
  if (existsSync(kept)) return v8.deserialize(await readFile(kept)) as readonly SeriesExamples[];
  const named = [];
  for (const name of SHIPPED_RECORDINGS)
    named.push(...atSeveralSteps({ name, series: await recorded(name) }));
  named.push(...generatedNamed(GENERATED, CHOSEN.seed));
  const made = await examplesFrom(named, defaultFeatures(), (done, name) =>
    process.stderr.write(`${(100 * done).toFixed(0)} % ${name}\n`),
  );
  await writeFile(kept, v8.serialize(made));
  return made;
}

let examples: readonly SeriesExamples[] | undefined;
async function networkWithout(source: string): Promise<LoadedNetwork> {
  const file = `${folder}/${source}.json`;
  if (existsSync(file)) return loadArtefact(file);
  examples ??= await makeExamples();
  const others = examples.filter(({ name }) => sourceOf(name) !== source);
  const network = await trainNetwork(
    await loadTensorflow('wasm'),
    others,
    trainingOptions(CHOSEN, defaultFeatures()),
    {
      onEpoch: ({ epoch, trainingLoss, validationLoss }) => {
        process.stderr.write(`${source} ${epoch} ${trainingLoss.toFixed(4)} ${validationLoss.toFixed(4)}\n`);
        return Promise.resolve();
      },
    },
  );
  await writeFile(file, JSON.stringify(artefactFrom(network, DEFAULT_FEATURES, {})));
  return loadArtefact(file);
}

function scored(served: LoadedNetwork, series: TimeSeries): object {
  const pathsFor = createArimaPaths();
  const { models } = evaluateRolling(
    {
      series,
      horizonSteps: defaultHorizonSteps(series.stepSeconds),
      strideSlots: Math.max(1, Math.floor(900 / series.stepSeconds)),
      lookbackSlots: Infinity,
      calendar: CALENDAR,
    },
    {
      models: [createLstm(served, pathsFor), createArima(pathsFor), createSeasonalNaive()],
      chain: ['lstm', 'arima'],
      names: NAMES,
      monotonicMs: () => performance.now(),
    },
  );
  const of = (name: EvaluatedName) => models.get(name);
  return {
    auto: of('auto')?.wqlRatio,
    arima: of('arima')?.wqlRatio,
    seasonalNaive: of('seasonal-naive')?.wqlRatio,
    led: 1 - (of('lstm')?.unavailableRatio ?? 1),
    upper95: of('auto')?.upper95Ratio,
  };
}

for (const source of only === '' ? new Set(files.map(sourceOf)) : only.split(',')) {
  const served = await networkWithout(source);
  for (const recording of files.filter((one) => sourceOf(one) === source)) {
    const own = await recorded(recording);
    for (const series of own.stepSeconds === 60 ? [own, resample(own, 300)] : [own]) {
      const line = { source, recording, stepSeconds: series.stepSeconds, ...scored(served, series) };
      process.stdout.write(`${JSON.stringify(line)}\n`);
    }
  }
}
