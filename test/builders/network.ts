import { createRandom } from '../../src/domain/random.ts';
import { sampleNormal } from '../../src/domain/samplers.ts';
import {
  type Network,
  type NetworkShape,
  type NetworkWeights,
  weightSizes,
} from '../../src/forecast/models/lstm/network.ts';

const SMALL: NetworkShape = { rowColumns: 7, windowRows: 5, units: 4, headUnits: 3 };

/** A network with random weights: as good as any for asking whether two ways of computing it agree. */
export function aNetwork(shape: Partial<NetworkShape> = {}, seed = 1): Network {
  const whole = { ...SMALL, ...shape };
  const random = createRandom(seed);
  const drawn = (size: number, spread: number): Float32Array =>
    Float32Array.from({ length: size }, () => spread * sampleNormal(random));
  const sizes = Object.entries(weightSizes(whole));
  return {
    shape: whole,
    means: drawn(whole.rowColumns, 1),
    deviations: drawn(whole.rowColumns, 1).map(Math.abs),
    weights: Object.fromEntries(
      sizes.map(([name, size]) => [name, drawn(size, 0.5)]),
    ) as unknown as NetworkWeights,
  };
}

/** Numbers as rows and inputs have them. */
export function someNumbers(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => 2 * sampleNormal(random));
}
