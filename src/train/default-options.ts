import type { FeatureSpec } from '../forecast/features/feature-spec.ts';
import { rowColumns } from '../forecast/models/lstm/network-inputs.ts';
import type { TrainingOptions } from './train-network.ts';

/** What the command line leaves open. More units, longer windows and more columns scored no better on unseen sources. */
const WINDOW_ROWS = 12;
const HEAD_UNITS = 8;
const LEARNING_RATE = 0.006;
const BATCH_WINDOWS = 256;
const WINDOWS_PER_SERIES = 600;

export function trainingOptions(
  chosen: {
    readonly seed: number;
    readonly epochs: number;
    readonly patience: number;
    readonly units: number;
  },
  features: readonly FeatureSpec[],
): TrainingOptions {
  return {
    shape: {
      rowColumns: rowColumns(features),
      windowRows: WINDOW_ROWS,
      units: chosen.units,
      headUnits: HEAD_UNITS,
    },
    seed: chosen.seed,
    epochs: chosen.epochs,
    patienceEpochs: chosen.patience,
    learningRate: LEARNING_RATE,
    batchWindows: BATCH_WINDOWS,
    windowsPerSeries: WINDOWS_PER_SERIES,
  };
}
