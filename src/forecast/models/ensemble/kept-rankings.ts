import { ERROR_ORIGINS } from '../../past-origins.ts';
import type { Ranking } from '../../pool-ranking.ts';

/** More room than is needed, so that it seldom moves. */
const ROOM_RATIO = 1.125;
/** Of a column: the number of its errors, the bounds of their sizes, the boost of the newest. */
const SCALARS = 4;

/** The rankings of all columns of one series in three arrays: an array of its own costs 200 bytes. */
export class KeptRankings {
  readonly #scalars: Float64Array;
  readonly #columns: number;
  /** Errors that a column has room for. */
  #room = 0;
  /** [column][place] */
  #byError = new Uint16Array(0);
  /** [column][of forecasts, of sizes][origin] */
  #ranks = new Uint8Array(0);

  constructor(columns: number) {
    this.#columns = columns;
    this.#scalars = new Float64Array(columns * SCALARS);
  }

  /** A view, until another is kept. undefined where none is. */
  ofColumn(column: number): Ranking | undefined {
    const [count, leastSize, mostSize, boost] = this.#scalars.subarray(
      column * SCALARS,
      (column + 1) * SCALARS,
    );
    if (count === 0) return undefined;
    const at = column * this.#room;
    return {
      byError: this.#byError.subarray(at, at + count),
      forecastRanks: this.#ranks.subarray(2 * at, 2 * at + count),
      sizeRanks: this.#ranks.subarray(2 * at + this.#room, 2 * at + this.#room + count),
      leastSize,
      mostSize,
      boost,
    };
  }

  keep(column: number, { byError, forecastRanks, sizeRanks, leastSize, mostSize, boost }: Ranking): void {
    if (byError.length > this.#room) this.#makeRoom(byError.length);
    this.#scalars.set([byError.length, leastSize, mostSize, boost], column * SCALARS);
    const at = column * this.#room;
    this.#byError.set(byError, at);
    this.#ranks.set(forecastRanks, 2 * at);
    this.#ranks.set(sizeRanks, 2 * at + this.#room);
  }

  /** All that is kept moves. */
  #makeRoom(errors: number): void {
    const kept = Array.from({ length: this.#columns }, (_, column) => this.ofColumn(column));
    this.#room = Math.max(errors, Math.min(ERROR_ORIGINS, Math.ceil(ROOM_RATIO * errors)));
    this.#byError = new Uint16Array(this.#columns * this.#room);
    this.#ranks = new Uint8Array(2 * this.#columns * this.#room);
    kept.forEach((ranking, column) => ranking !== undefined && this.keep(column, ranking));
  }
}
