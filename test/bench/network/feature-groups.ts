/**
 * What each group of features is worth to the network: it is trained without one group, with the calendar that it does not
 * have, and without any feature (the track record of the base and of the experts stays), on what the shipped one was trained
 * on. A line of JSON per set and seed: the best loss on the newest share of each series, of which no weight knows.
 * Live metrics and business context are in no recording.
 *   npx tsx test/bench/network/feature-groups.ts [seed,…]
 */
import { featureNamed, featuresOf } from '../../../src/forecast/features/feature-table.ts';
import type { FeatureSpec } from '../../../src/forecast/features/feature-spec.ts';
import { loadTensorflow } from '../../../src/infer/tensorflow.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import {
  atSeveralSteps,
  examplesFrom,
  generatedNamed,
  type NamedSeries,
} from '../../../src/train/data-set.ts';
import { DEFAULT_FEATURES } from '../../../src/train/default-features.ts';
import { trainingOptions } from '../../../src/train/default-options.ts';
import { trainNetwork } from '../../../src/train/train-network.ts';
import { SHIPPED_RECORDINGS } from './sources.ts';

const CHOSEN = { epochs: 10, patience: 4, units: 8 };
const GENERATED = 20;
const seeds = (process.argv[2] ?? '1').split(',').map(Number);

const inGroup = (name: string, group: Parameters<typeof featuresOf>[0]): boolean =>
  featuresOf(group).some((feature) => feature === name);
const without = (group: Parameters<typeof featuresOf>[0]): readonly string[] =>
  DEFAULT_FEATURES.filter((name) => !inGroup(name, group));
const SETS: Readonly<Record<string, readonly string[]>> = {
  'as shipped': DEFAULT_FEATURES,
  'without lags': without('lags'),
  'without level': without('level'),
  'without spread': without('spread'),
  'without slope': without('slope'),
  'without any': [],
  'with the calendar': [...DEFAULT_FEATURES, ...featuresOf('calendar')],
  'with all lags': [...new Set([...DEFAULT_FEATURES, ...featuresOf('lags')])],
};

async function seriesOf(name: string): Promise<readonly NamedSeries[]> {
  const { columns } = await loadRecording(`../shared/traces/${name}.csv`);
  return atSeveralSteps({ name, series: columns.arrivalRate });
}

async function bestLoss(
  named: readonly NamedSeries[],
  features: readonly FeatureSpec[],
  seed: number,
): Promise<number> {
  const examples = await examplesFrom(named, features, () => undefined);
  let best = Number.NaN;
  await trainNetwork(await loadTensorflow('wasm'), examples, trainingOptions({ ...CHOSEN, seed }, features), {
    onEpoch: ({ bestLoss: loss }) => {
      best = loss;
      return Promise.resolve();
    },
  });
  return best;
}

const recorded = (await Promise.all(SHIPPED_RECORDINGS.map(seriesOf))).flat();
for (const seed of seeds)
  for (const [set, names] of Object.entries(SETS)) {
    const features = names.map((name) => featureNamed(name)!);
    const loss = await bestLoss([...recorded, ...generatedNamed(GENERATED, seed)], features, seed);
    process.stdout.write(`${JSON.stringify({ seed, set, features: features.length, loss })}\n`);
  }
