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

function normalisation(
  columns: number,
  examples: readonly SeriesExamples[],
): { means: Float32Array; deviations: Float32Array } {
  const sums = new Float64Array(columns);
  const squares = new Float64Array(columns);
  let count = 0;
  for (const { records } of examples) {
    const stride = Math.max(1, Math.floor(records.length / ROWS_PER_SERIES));
    for (let index = 0; index < records.length; index += stride, count += 1)
      records[index].row.forEach((value, column) => {
        sums[column] += value;
        squares[column] += value * value;
      });
  }
  const means = Float32Array.from(sums, (sum) => sum / count);
  const deviations = Float32Array.from(squares, (square, column) => {
    const deviation = Math.sqrt(Math.max(0, square / count - (sums[column] / count) ** 2));
    return deviation > LEAST_DEVIATION ? deviation : 0;
  });
  return { means, deviations };
}
