import type { LiveFeature } from '../../../domain/live-history.ts';
import type { FeatureSpec } from '../../features/feature-spec.ts';
import { readingsOf } from '../../features/feature-table.ts';
import type { ForecastRequest } from '../../forecaster.ts';
import { endSlotOf } from '../../history.ts';
import { ERROR_ORIGINS } from '../../past-origins.ts';
import type { ArimaPath } from '../arima/arima.ts';
import { EXPERTS } from './experts.ts';
import type { Correction, Kernel } from './kernel.ts';
import { basePathAt, surroundingsOf } from './base-paths.ts';
import {
  type BasePath,
  type OriginRecord,
  recordAt,
  REPEATED_PATHS,
  STEP_COLUMNS,
  type Surroundings,
  trackOf,
  writeStepInputs,
} from './network-inputs.ts';

/** A network ready to serve: its kernel and the features that its rows begin with. */
export interface ServedNetwork {
  readonly kernel: Kernel;
  readonly features: readonly FeatureSpec[];
  readonly windowRows: number;
  /** Of its features the live metrics that say something to it; none where absent. */
  readonly liveMetrics?: readonly LiveFeature[];
}

/** A base path with what the network says of it. */
export interface CorrectedPath {
  readonly origin: number;
  readonly base: BasePath;
  /** One per step. */
  readonly corrections: readonly Correction[];
}

interface Item extends CorrectedPath {
  readonly identity: object;
  readonly record: OriginRecord;
  readonly projected: Float32Array;
  /** Those of the row: unlike the rates' errors, which the identity stands for, they may come late. */
  readonly readings: Float32Array;
}

export interface Corrected {
  /** At the past origins from which errors are taken, ascending. The same objects as long as nothing they depend on changed. */
  readonly past: readonly CorrectedPath[];
  readonly now: CorrectedPath;
}

/**
 * What is remembered of one series between questions: rows and corrections of past origins, each reused while all before
 * it is what it was. Remembering changes no answer: see `contextOf`.
 */
export class CorrectionMemory {
  #items: readonly Item[] = [];

  /** Corrections at past origins of `path` and at the origin of now. */
  correct(network: ServedNetwork, path: ArimaPath, request: ForecastRequest): Corrected {
    const surroundings = surroundingsOf(path, request);
    const items = this.#itemsOf(network, path, surroundings);
    this.#items = items;
    const records = items.map(({ record }) => record);
    const at = { origin: endSlotOf(path.history), base: path.now };
    const now = correctedAt(network, surroundings, { at, records, items });
    return { past: items.slice(contextOf(network, path)), now };
  }

  #itemsOf(network: ServedNetwork, path: ArimaPath, surroundings: Surroundings): readonly Item[] {
    const { origins } = path.paths;
    const kept = this.#items;
    const readingsAt = readingsReader(network, surroundings);
    const shift = kept.findIndex(({ origin }) => origin === origins[0]);
    const items: Item[] = [];
    const records: OriginRecord[] = [];
    let unchanged = shift >= 0;
    for (let index = 0; index < origins.length; index += 1) {
      const identity = path.identities[index];
      const known: Item | undefined = kept[shift + index];
      const readings = readingsAt(origins[index]);
      unchanged &&=
        known?.origin === origins[index] &&
        known.identity === identity &&
        readings.every((value, place) => Object.is(value, known.readings[place]));
      const at = { origin: origins[index], base: basePathAt(path.paths, index) };
      const item = unchanged
        ? known
        : { ...correctedAt(network, surroundings, { at, records, items }), identity, readings };
      items.push(item);
      records.push(item.record);
    }
    return items;
  }
}

/** As a row has them. */
function readingsReader(
  { features }: ServedNetwork,
  surroundings: Surroundings,
): (origin: number) => Float32Array {
  const readings = features.filter(({ isReading }) => isReading);
  if (readings.length === 0) return () => NO_READINGS;
  const read = readingsOf(readings, surroundings);
  return (origin) => Float32Array.from(read(origin));
}

const NO_READINGS = new Float32Array(0);

interface Before {
  readonly at: { readonly origin: number; readonly base: BasePath };
  readonly records: readonly OriginRecord[];
  readonly items: readonly { readonly projected: Float32Array }[];
}

function correctedAt(
  network: ServedNetwork,
  surroundings: Surroundings,
  { at, records, items }: Before,
): Omit<Item, 'identity' | 'readings'> {
  const { kernel, features, windowRows } = network;
  const record = recordAt(surroundings, at, features, trackOf(records));
  const projected = kernel.projected(record.row);
  const window = items.slice(Math.max(0, items.length + 1 - windowRows)).map((item) => item.projected);
  const state = kernel.stateAfter([...window, projected]);
  const inputs = new Float32Array(STEP_COLUMNS);
  const corrections = Array.from({ length: at.base.forecasts.length }, (_, step) => {
    writeStepInputs(record, step, surroundings.stepSeconds, inputs);
    return kernel.correction(state, inputs, record.offsets.subarray(step * EXPERTS, (step + 1) * EXPERTS));
  });
  return { origin: at.origin, base: at.base, record, projected, corrections };
}

/**
 * How many of the oldest origins are context only. Where the list is full it moves on with time, and the corrections of
 * its oldest origins would depend on where it begins: on a window of rows, each of which looks back over some complete paths,
 * which look back over some more. A list that is not full yet begins where the history allows, and that stays.
 */
function contextOf({ windowRows }: ServedNetwork, { paths: { origins, steps } }: ArimaPath): number {
  if (origins.length < ERROR_ORIGINS) return 0;
  let farthest = 0;
  for (let index = 0, complete = 0; index < origins.length; index += 1) {
    while (origins[complete + 1] <= origins[index] - steps) complete += 1;
    farthest = Math.max(farthest, index - complete);
  }
  return Math.min(origins.length >> 1, windowRows + 2 * (farthest + REPEATED_PATHS));
}
