import { ERROR_ORIGINS } from '../../past-origins.ts';
import type { Ranking } from '../../pool-ranking.ts';

/** More room than is needed, so that it seldom moves. */
const ROOM_RATIO = 1.125;
/** Of a step: the number of its errors, the bounds of their sizes, the boost of the newest. */
const SCALARS = 4;

/** The rankings of all steps of one series in three arrays: an array of its own costs 200 bytes. */
export class KeptRankings {
  readonly #scalars: Float64Array;
  readonly #steps: number;
  /** Errors that a step has room for. */
  #room = 0;
  /** [step][place] */
  #byError = new Uint16Array(0);
  /** [step][of forecasts, of sizes][origin] */
  #ranks = new Uint8Array(0);

  constructor(steps: number) {
    this.#steps = steps;
    this.#scalars = new Float64Array(steps * SCALARS);
  }

  /** A view, until another is kept. undefined where none is. */
  ofStep(step: number): Ranking | undefined {
    const [count, leastSize, mostSize, boost] = this.#scalars.subarray(step * SCALARS, (step + 1) * SCALARS);
    if (count === 0) return undefined;
    const at = step * this.#room;
    return {
      byError: this.#byError.subarray(at, at + count),
      forecastRanks: this.#ranks.subarray(2 * at, 2 * at + count),
      sizeRanks: this.#ranks.subarray(2 * at + this.#room, 2 * at + this.#room + count),
      leastSize,
      mostSize,
      boost,
    };
  }

  keep(step: number, { byError, forecastRanks, sizeRanks, leastSize, mostSize, boost }: Ranking): void {
    if (byError.length > this.#room) this.#makeRoom(byError.length);
    this.#scalars.set([byError.length, leastSize, mostSize, boost], step * SCALARS);
    const at = step * this.#room;
    this.#byError.set(byError, at);
    this.#ranks.set(forecastRanks, 2 * at);
    this.#ranks.set(sizeRanks, 2 * at + this.#room);
  }

  /** All that is kept moves. */
  #makeRoom(errors: number): void {
    const kept = Array.from({ length: this.#steps }, (_, step) => this.ofStep(step));
    this.#room = Math.max(errors, Math.min(ERROR_ORIGINS, Math.ceil(ROOM_RATIO * errors)));
    this.#byError = new Uint16Array(this.#steps * this.#room);
    this.#ranks = new Uint8Array(2 * this.#steps * this.#room);
    kept.forEach((ranking, step) => ranking !== undefined && this.keep(step, ranking));
  }
}
