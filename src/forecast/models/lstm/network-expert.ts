import type { History } from '../../history.ts';
import { originStrideSlots } from '../../past-origins.ts';
import type { CorrectablePaths, Expert, ExpertKind, Question } from '../ensemble/expert.ts';
import { ContendedExpert } from './contended-expert.ts';
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
import type { ChallengerFor } from './lstm.ts';
import { OriginRows } from './origin-rows.ts';

/**
 * The network as one expert among others: it corrects the regression's path, which it is created behind. A challenger of it
 * speaks in its place where it has won (contended-expert.ts).
 */
export function networkExpert(network: ServedNetwork, challengerFor?: ChallengerFor): ExpertKind {
  return {
    name: 'network',
    create(earlier) {
      const base = earlier.find(({ paths }) => paths !== undefined)?.paths;
      if (base === undefined)
        throw new Error('the network corrects an expert before it, and none can be corrected');
      const expertOf = (served: ServedNetwork): Expert => createNetworkExpert(served, base);
      const champion = expertOf(network);
      return challengerFor === undefined ? champion : new ContendedExpert(champion, challengerFor, expertOf);
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

/**
 * The rows at the newest origins. A row looks back over a fixed time, and so do the rows that it looks back at: it is the same
 * whether those before it were kept or are read again.
 */
class OriginWindow {
  readonly #network: ServedNetwork;
  readonly #base: CorrectablePaths;
  #rows: OriginRows | undefined;
  /** The newest row is that of the question before, at an origin of which no sample was known yet. */
  #isNewestOpen = false;

  constructor(network: ServedNetwork, base: CorrectablePaths) {
    this.#network = network;
    this.#base = base;
  }

  clear(): void {
    this.#rows = undefined;
    this.#isNewestOpen = false;
  }

  readAt(question: Question, slot: number, path: BasePath): Read {
    const reach = reachOf(question, this.#network);
    const rows = this.#passedOn(question, slot, reach);
    const record = this.#recordAt(question, rows, { origin: slot, base: path }, reach);
    const { kernel } = this.#network;
    const projected = kernel.projected(record.row);
    const state = kernel.stateAfter([...rows.projectedAfter(slot - reach.windowSlots), projected]);
    if (slot % reach.strideSlots === 0) {
      rows.add(record, projected);
      this.#isNewestOpen = true;
    }
    return { state, record };
  }

  /** The rows up to `slot`: reads the origins that are not kept, all that count where the newest kept one is not among them. */
  #passedOn(question: Question, slot: number, reach: Reach): OriginRows {
    const { history } = question;
    const { strideSlots } = reach;
    this.#closeNewest(history, slot);
    const newestKept = this.#rows?.newestSlot;
    const missing: number[] = [];
    let origin = Math.floor((slot - 1) / strideSlots) * strideSlots;
    for (; origin > slot - reach.allSlots && origin > history.firstSlot; origin -= strideSlots) {
      if (origin === newestKept) break;
      if (isKnownAt(history, origin)) missing.push(origin);
    }
    if (this.#rows === undefined || origin !== newestKept) this.#rows = this.#noRows(question, reach);
    for (const one of missing.reverse()) this.#addPast(question, this.#rows, one, reach);
    return this.#rows;
  }

  /** Keeps the open row where its sample has come, else gives it up. */
  #closeNewest(history: History, slot: number): void {
    const newest = this.#rows?.newestSlot;
    if (!this.#isNewestOpen || newest === undefined) return;
    if (newest >= slot || !isKnownAt(history, newest)) this.#rows?.takeBackNewest();
    this.#isNewestOpen = false;
  }

  #noRows({ horizonSteps }: Question, { strideSlots, windowSlots, recordSlots }: Reach): OriginRows {
    const mostOrigins = Math.ceil(Math.max(windowSlots, recordSlots) / strideSlots);
    return new OriginRows(mostOrigins, { gates: this.#network.kernel.gates, steps: horizonSteps });
  }

  #addPast(question: Question, rows: OriginRows, origin: number, reach: Reach): void {
    const base = this.#base.pathAt(question, origin);
    if (base === undefined) return;
    const record = this.#recordAt(question, rows, { origin, base }, reach);
    rows.add(record, this.#network.kernel.projected(record.row));
  }

  #recordAt(
    question: Question,
    rows: OriginRows,
    at: { readonly origin: number; readonly base: BasePath },
    { recordSlots }: Reach,
  ): OriginRecord {
    const { history, clock, horizonSteps, events, live } = question;
    const { stepSeconds, slotsPerDay } = history;
    const view = this.#base.viewOf(question);
    const surroundings = { stepSeconds, slotsPerDay, horizonSteps, view, clock, events, live };
    return recordAt(surroundings, at, this.#network.features, rows.trackAfter(at.origin - recordSlots));
  }
}

function isKnownAt({ ratesRps, firstSlot }: History, slot: number): boolean {
  return !Number.isNaN(ratesRps[slot - firstSlot]);
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
