import { type ErrorPool, poolIn, rankingOf } from '../../error-pool.ts';
import { endSlotOf, type History } from '../../history.ts';
import { ERROR_ORIGINS } from '../../past-origins.ts';
import { type PastPaths, stepOfColumn } from '../../past-paths.ts';
import type { RankedBefore, Ranking } from '../../pool-ranking.ts';
import { PoolRoom, PoolScratch } from '../../pool-room.ts';
import { KeptRankings } from './kept-rankings.ts';

/** Room for the pools of one question; the next one, of whatever series, may use it again. */
export class PoolRooms {
  readonly #scratch = new PoolScratch(ERROR_ORIGINS);
  readonly #rooms: PoolRoom[] = [];

  ofColumn(column: number): PoolRoom {
    return (this.#rooms[column] ??= new PoolRoom(ERROR_ORIGINS, this.#scratch));
  }
}

/**
 * How the errors of each column of one series stand to each other, kept from question to question. What was known of an origin
 * stays: only a column of which an error came or went is ranked again.
 */
export class PoolMemory {
  readonly #columns: number;
  readonly #kept: KeptRankings;
  /** The oldest origin of the question before, and the first slot that it did not know. */
  #oldestOrigin = 0;
  #knownToSlot = 0;

  constructor(columns: number) {
    this.#columns = columns;
    this.#kept = new KeptRankings(columns);
  }

  /** Origins come and are given up in their order. The pools hold until the next question that uses the same `rooms`. */
  pools(paths: PastPaths, history: History, rooms: PoolRooms): readonly ErrorPool[] {
    const pools = Array.from({ length: this.#columns }, (_, column) => {
      const room = rooms.ofColumn(column);
      room.takeIn(paths, column, history);
      return poolIn(room, this.#rankingOf(room, paths, column));
    });
    this.#oldestOrigin = paths.origins[0];
    this.#knownToSlot = endSlotOf(history);
    return pools;
  }

  #rankingOf(room: PoolRoom, paths: PastPaths, column: number): Ranking {
    const kept = this.#kept.ofColumn(column);
    const step = stepOfColumn(paths, column);
    const isSame =
      this.#oldestOrigin === paths.origins[0] && (room.newestOrigin ?? -Infinity) + step < this.#knownToSlot;
    if (kept !== undefined && isSame) return kept;
    const ranking = rankingOf(room, kept && this.#before(kept, step, room));
    this.#kept.keep(column, ranking);
    return ranking;
  }

  #before(kept: Ranking, step: number, { origins }: PoolRoom): RankedBefore | undefined {
    const count = kept.byError.length;
    let left = Math.min(count, origins.length);
    while (left > 0 && origins[left - 1] + step >= this.#knownToSlot) left -= 1;
    return left === 0 ? undefined : { ...kept, gone: count - left };
  }
}
