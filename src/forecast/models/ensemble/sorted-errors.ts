import type { SortedBefore, Sorting } from '../../error-pool.ts';
import { ERROR_ORIGINS } from '../../past-origins.ts';

const ORDERS = 3;
/** More room than is needed, so that it seldom moves. */
const ROOM_RATIO = 1.125;

/**
 * How the errors of each step of one series were sorted a question ago, in one array: 2 bytes an error and order, where the
 * pools themselves would be 34. A pool is made anew from the past paths in a few passes, but only from here without sorting.
 */
export class SortedErrors {
  readonly #steps: number;
  /** [step][order][place]: an origin, counted from the oldest. */
  #orders = new Uint16Array(0);
  readonly #counts: Uint16Array;
  /** Of places. */
  #room = 0;
  /** Errors of slots before it were known. */
  #knownToSlot = 0;

  constructor(steps: number) {
    this.#steps = steps;
    this.#counts = new Uint16Array(steps);
  }

  /**
   * `origins`: those of step `step` whose error is known now, ascending. Origins come and are given up in their order, and
   * what was known of one stays.
   */
  before(step: number, origins: Int32Array): SortedBefore | undefined {
    const count = this.#counts[step];
    let left = Math.min(count, origins.length);
    while (left > 0 && origins[left - 1] + step >= this.#knownToSlot) left -= 1;
    if (left === 0) return undefined;
    const [byForecast, bySize, byError] = this.#ordersOf(step);
    return { gone: count - left, byForecast, bySize, byError };
  }

  /** What is known now, one sorting per step. */
  keep(sortings: readonly Sorting[], knownToSlot: number): void {
    const most = sortings.reduce((largest, { byError }) => Math.max(largest, byError.length), 0);
    if (most > this.#room) this.#makeRoom(most);
    sortings.forEach(({ byForecast, bySize, byError }, step) => {
      this.#counts[step] = byError.length;
      const orders = this.#ordersOf(step);
      [byForecast, bySize, byError].forEach((order, index) => orders[index].set(order));
    });
    this.#knownToSlot = knownToSlot;
  }

  /** All that was kept is written anew. */
  #makeRoom(places: number): void {
    this.#room = Math.max(places, Math.min(ERROR_ORIGINS, Math.ceil(ROOM_RATIO * places)));
    this.#orders = new Uint16Array(this.#steps * ORDERS * this.#room);
  }

  #ordersOf(step: number): readonly Uint16Array[] {
    return Array.from({ length: ORDERS }, (_, order) => {
      const from = (step * ORDERS + order) * this.#room;
      return this.#orders.subarray(from, from + this.#counts[step]);
    });
  }
}
