import type { FeatureSpec } from '../forecast/features/feature-spec.ts';
import type { Network } from '../forecast/models/lstm/network.ts';
import { columnNames, knownColumn } from '../forecast/models/lstm/network-inputs.ts';
import { normalisation } from './initial-network.ts';
import type { SeriesExamples } from './series-examples.ts';

/** A trained network with what its rows begin with. */
export interface TrainedNetwork {
  readonly network: Network;
  readonly features: readonly FeatureSpec[];
}

/**
 * The network as one that reads rows of `features`, which hold its own. Columns that are new to it, and those of readings
 * that were missing throughout its training, are normalised as `examples` have them and weigh nothing yet: it forecasts as
 * it did, and can learn from them.
 */
export function widenedNetwork(
  trained: TrainedNetwork,
  features: readonly FeatureSpec[],
  examples: readonly SeriesExamples[],
): Network {
  const { network } = trained;
  const own = columnNames(trained.features);
  const names = columnNames(features);
  const unread = new Set(unreadColumns(trained));
  const kept = names.map((name) => (unread.has(name) ? -1 : own.indexOf(name)));
  const found = normalisation(names.length, examples);
  const gates = 4 * network.shape.units;
  const inputKernel = new Float32Array(names.length * gates);
  kept.forEach((from, column) => {
    if (from < 0) return;
    inputKernel.set(network.weights.inputKernel.subarray(from * gates, (from + 1) * gates), column * gates);
  });
  const asKept = (numbers: Float32Array, others: Float32Array): Float32Array =>
    Float32Array.from(kept, (from, column) => (from < 0 ? others[column] : numbers[from]));
  return {
    shape: { ...network.shape, rowColumns: names.length },
    means: asKept(network.means, found.means),
    deviations: asKept(network.deviations, found.deviations),
    weights: { ...network.weights, inputKernel },
  };
}

/** Columns of readings that say nothing to the network: in its training they were not known, or always alike. */
function unreadColumns({ network, features }: TrainedNetwork): readonly string[] {
  const own = columnNames(features);
  return features
    .filter(({ isReading }) => isReading)
    .map(({ name }) => [name, knownColumn(name)])
    .filter((columns) => columns.every((column) => network.deviations[own.indexOf(column)] === 0))
    .flat();
}

/** Readings among the features that no row of the examples knows. */
export function unknownReadings(
  features: readonly FeatureSpec[],
  examples: readonly SeriesExamples[],
): readonly string[] {
  const names = columnNames(features);
  return features
    .filter(({ isReading }) => isReading)
    .map(({ name }) => name)
    .filter((name) => {
      const column = names.indexOf(name);
      return !examples.some(({ records }) => records.some(({ row }) => !Number.isNaN(row[column])));
    });
}
