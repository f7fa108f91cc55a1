import { originStrideSlots } from '../../past-origins.ts';
import type { CorrectablePaths, Expert, ExpertKind, Question } from '../ensemble/expert.ts';
import type { ServedNetwork } from './correction-memory.ts';
import { EXPERTS } from './experts.ts';
import {
  type BasePath,
  expectedError,
  type OriginRecord,
  recordAt,
  REPEATED_PATHS,
  STEP_COLUMNS,
  writeStepInputs,
} from './network-inputs.ts';

/** The network as one expert among others: it corrects the regression's path, which it is created behind. */
export function networkExpert(network: ServedNetwork): ExpertKind {
  return {
    name: 'network',
    create(earlier) {
      const base = earlier.find(({ paths }) => paths !== undefined)?.paths;
      if (base === undefined)
        throw new Error('the network corrects an expert before it, and none can be corrected');
      return createNetworkExpert(network, base);
    },
  };
}

function createNetworkExpert(network: ServedNetwork, base: CorrectablePaths): Expert {
  const window = new OriginWindow(network, base);
  return {
    answerFor: (question) => ({
      key: 'network',
      write(originSlot, { ratesRps }) {
        const path = base.pathAt(question, originSlot);
        if (path === undefined) return false;
        const { state, record } = window.readAt(question, originSlot, path);
        writeCorrected(network, question, { state, record, path }, ratesRps);
        return true;
      },
    }),
    forgetBefore: () => undefined,
    startAnew: () => window.clear(),
  };
}

interface Read {
  /** Of the LSTM after the rows up to the origin. */
  readonly state: Float32Array;
  readonly record: OriginRecord;
}

function writeCorrected(
  { kernel }: ServedNetwork,
  { horizonSteps, history, scale }: Question,
  { state, record, path }: Read & { readonly path: BasePath },
  ratesRps: Float64Array,
): void {
  const inputs = new Float32Array(STEP_COLUMNS);
  for (let step = 0; step < horizonSteps; step += 1) {
    writeStepInputs(record, step, history.stepSeconds, inputs);
    const offsets = record.offsets.subarray(step * EXPERTS, (step + 1) * EXPERTS);
    const { shift } = kernel.correction(state, inputs, offsets);
    ratesRps[step] = scale.rpsFromScaled(path.forecasts[step] + shift * expectedError(path, step));
  }
}

/** What is kept of an origin: what the LSTM's gates get from its row, and the record while later ones look back at it. */
interface Row {
  readonly slot: number;
  readonly projected: Float32Array;
  record: OriginRecord | undefined;
}

/**
 * The rows at the newest origins. A row looks back over a fixed time, and so do the rows that it looks back at: it is the same
 * whether those before it were kept or are read again.
 */
class OriginWindow {
  readonly #network: ServedNetwork;
  readonly #base: CorrectablePaths;
  /** Ascending. */
  #rows: Row[] = [];
  /** Of the question before, at an origin of which no sample was known yet. */
  #newest: Row | undefined;

  constructor(network: ServedNetwork, base: CorrectablePaths) {
    this.#network = network;
    this.#base = base;
  }

  clear(): void {
    this.#rows = [];
    this.#newest = undefined;
  }

  readAt(question: Question, slot: number, path: BasePath): Read {
    const reach = reachOf(question, this.#network);
    this.#passOn(question, slot, reach);
    const row = this.#rowAt(question, slot, path, reach);
    const from = slot - reach.windowSlots;
    const window = this.#rows.filter((one) => one.slot > from).map(({ projected }) => projected);
    const state = this.#network.kernel.stateAfter([...window, row.projected]);
    if (slot % reach.strideSlots === 0) this.#newest = row;
    return { state, record: row.record };
  }

  /** Reads the origins before `slot` that are not kept, all that count where the newest kept one is not among them. */
  #passOn(question: Question, slot: number, reach: Reach): void {
    const { history } = question;
    const { strideSlots } = reach;
    const newestKept = this.#rows.at(-1)?.slot;
    const missing: number[] = [];
    let origin = Math.floor((slot - 1) / strideSlots) * strideSlots;
    for (; origin > slot - reach.allSlots && origin > history.firstSlot; origin -= strideSlots) {
      if (origin === newestKept) break;
      if (!Number.isNaN(history.ratesRps[origin - history.firstSlot])) missing.push(origin);
    }
    if (origin !== newestKept) this.#rows = [];
    for (const one of missing.reverse()) this.#keep(question, one, reach);
  }

  #keep(question: Question, slot: number, reach: Reach): void {
    const row = this.#newest?.slot === slot ? this.#newest : this.#pastRowAt(question, slot, reach);
    if (row === undefined) return;
    this.#newest = undefined;
    this.#rows.push(row);
    const { windowSlots, recordSlots } = reach;
    this.#rows = this.#rows.filter((one) => one.slot > slot - Math.max(windowSlots, recordSlots));
    for (const one of this.#rows) if (one.slot <= slot - recordSlots) one.record = undefined;
  }

  #pastRowAt(question: Question, slot: number, reach: Reach): Row | undefined {
    const path = this.#base.pathAt(question, slot);
    return path && this.#rowAt(question, slot, path, reach);
  }

  #rowAt(
    question: Question,
    slot: number,
    path: BasePath,
    { recordSlots }: Reach,
  ): Row & Pick<Read, 'record'> {
    const { history, clock, horizonSteps, events } = question;
    const { kernel, features } = this.#network;
    const { stepSeconds, slotsPerDay } = history;
    const view = this.#base.viewOf(question);
    const surroundings = { stepSeconds, slotsPerDay, horizonSteps, view, clock, events };
    const before = this.#rows.flatMap(({ slot: at, record }) =>
      at > slot - recordSlots && record !== undefined ? [record] : [],
    );
    const record = recordAt(surroundings, { origin: slot, base: path }, features, before);
    return { slot, projected: kernel.projected(record.row), record };
  }
}

/** How far a forecast looks back, in slots: at rows, at the records that a row is made with, at all of both. */
interface Reach {
  readonly strideSlots: number;
  readonly windowSlots: number;
  readonly recordSlots: number;
  readonly allSlots: number;
}

function reachOf({ history, horizonSteps }: Question, { windowRows }: ServedNetwork): Reach {
  const strideSlots = originStrideSlots(history);
  const windowSlots = windowRows * strideSlots;
  // A path is complete a horizon later.
  const recordSlots = horizonSteps + (1 + REPEATED_PATHS) * strideSlots;
  return { strideSlots, windowSlots, recordSlots, allSlots: windowSlots + 2 * recordSlots };
}
