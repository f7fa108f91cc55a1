import type { FeatureSpec } from '../forecast/features/feature-spec.ts';
import type { NetworkShape } from '../forecast/models/lstm/network.ts';
import { rowColumns } from '../forecast/models/lstm/network-inputs.ts';
import type { TrainingOptions } from './train-network.ts';

/** What the command line leaves open. More units, longer windows and more columns scored no better on unseen sources. */
const WINDOW_ROWS = 12;
const HEAD_UNITS = 8;
const LEARNING_RATE = 0.006;
const BATCH_WINDOWS = 256;
const WINDOWS_PER_SERIES = 600;
/** From trained weights on, and on few series: smaller steps, and more of them in an epoch. */
const FINE_TUNING = { learningRate: 0.003, batchWindows: 64, windowsPerSeries: 3000 };

interface Chosen {
  readonly seed: number;
  readonly epochs: number;
  readonly patience: number;
}

export function trainingOptions(
  chosen: Chosen & { readonly units: number },
  features: readonly FeatureSpec[],
): TrainingOptions {
  const shape = {
    rowColumns: rowColumns(features),
    windowRows: WINDOW_ROWS,
    units: chosen.units,
    headUnits: HEAD_UNITS,
  };
  return {
    ...optionsFor(chosen, shape),
    learningRate: LEARNING_RATE,
    batchWindows: BATCH_WINDOWS,
    windowsPerSeries: WINDOWS_PER_SERIES,
  };
}

/** For a network of this shape that is trained already. */
export function fineTuningOptions(chosen: Chosen, shape: NetworkShape): TrainingOptions {
  return { ...optionsFor(chosen, shape), ...FINE_TUNING };
}

function optionsFor(
  { seed, epochs, patience }: Chosen,
  shape: NetworkShape,
): Pick<TrainingOptions, 'shape' | 'seed' | 'epochs' | 'patienceEpochs'> {
  return { shape, seed, epochs, patienceEpochs: patience };
}
