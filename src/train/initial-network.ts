import type { Random } from '../domain/random.ts';
import { sampleNormal } from '../domain/samplers.ts';
import { CHOICES, type Network, type NetworkShape, weightSizes } from '../forecast/models/lstm/network.ts';
import type { SeriesExamples } from './series-examples.ts';

/** A column that varies less than this is not used: it says nothing that could be learned. */
const LEAST_DEVIATION = 1e-3;
const ROWS_PER_SERIES = 300;
/** At first the base is believed in: e^3 to 1 against each expert. */
const FIRST_BELIEF = 3;
/** softplus of these: typical distances of the quantiles from the median, in expected errors. */
const FIRST_DISTANCES = [1.2, 1.2, 0.2] as const;
const FORGET_BIAS = 1;

/** Random weights (scaled by the fan-in) that forecast as the base does; normalisation from the examples' rows. */
export function initialNetwork(
  shape: NetworkShape,
  random: Random,
  examples: readonly SeriesExamples[],
): Network {
  const { units, headUnits, rowColumns } = shape;
  const sizes = weightSizes(shape);
  const drawn = (size: number, spread: number): Float32Array =>
    Float32Array.from({ length: size }, () => spread * sampleNormal(random));
  const outputBias = new Float32Array(sizes.outputBias);
  outputBias[0] = FIRST_BELIEF;
  outputBias.set(FIRST_DISTANCES, CHOICES);
  const weights = {
    inputKernel: drawn(sizes.inputKernel, 0.5 / Math.sqrt(rowColumns)),
    recurrentKernel: drawn(sizes.recurrentKernel, 0.7 / Math.sqrt(units)),
    gateBias: new Float32Array(sizes.gateBias).fill(FORGET_BIAS, units, 2 * units),
    stateKernel: drawn(sizes.stateKernel, 1 / Math.sqrt(units)),
    stepKernel: drawn(sizes.stepKernel, 0.3),
    headBias: new Float32Array(sizes.headBias),
    outputKernel: drawn(sizes.outputKernel, 0.1 / Math.sqrt(headUnits)),
    outputBias,
  };
  return { shape, ...normalisation(shape.rowColumns, examples), weights };
}

/** Of each column over some rows of each series, as far as it is known; 0 where it hardly varies. */
export function normalisation(
  columns: number,
  examples: readonly SeriesExamples[],
): { means: Float32Array; deviations: Float32Array } {
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  const counts = new Float64Array(columns);
  for (const { records } of examples) {
    const stride = Math.max(1, Math.floor(records.length / ROWS_PER_SERIES));
    for (let index = 0; index < records.length; index += stride)
      records[index].row.forEach((value, column) => {
        if (value !== value) return;
        counts[column] += 1;
        sums[column] += value;
        squares[column] += value * value;
      });
  }
  const means = Float32Array.from(sums, (sum, column) => sum / (counts[column] || 1));
  const deviations = Float32Array.from(squares, (square, column) => {
    const deviation = Math.sqrt(
      Math.max(0, square / (counts[column] || 1) - (sums[column] / (counts[column] || 1)) ** 2),
    );
    return deviation > LEAST_DEVIATION ? deviation : 0;
  });
  return { means, deviations };
}
