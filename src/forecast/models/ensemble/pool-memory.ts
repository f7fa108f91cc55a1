import { type ErrorPool, poolIn, rankingOf } from '../../error-pool.ts';
import { endSlotOf, type History } from '../../history.ts';
import { ERROR_ORIGINS } from '../../past-origins.ts';
import type { PastPaths } from '../../past-paths.ts';
import type { RankedBefore, Ranking } from '../../pool-ranking.ts';
import { countBefore, PoolRoom, PoolScratch } from '../../pool-room.ts';
import { WrittenOut } from './mixed-origins.ts';
import { KeptRankings } from './kept-rankings.ts';

/** Room for the pools of one question; the next one, of whatever series, may use it again. */
export class PoolRooms {
  readonly writtenOut = new WrittenOut();
  readonly #scratch = new PoolScratch(ERROR_ORIGINS);
  readonly #rooms: PoolRoom[] = [];

  ofStep(step: number): PoolRoom {
    return (this.#rooms[step] ??= new PoolRoom(ERROR_ORIGINS, this.#scratch));
  }
}

/**
 * How the errors of each step of one series stand to each other, kept from question to question. What was known of an origin
 * stays: only a step of which an error came or went is ranked again.
 */
export class PoolMemory {
  readonly #steps: number;
  readonly #kept: KeptRankings;
  /** The oldest origin of the question before, and the first slot that it did not know. */
  #oldestOrigin = 0;
  #knownToSlot = 0;

  constructor(steps: number) {
    this.#steps = steps;
    this.#kept = new KeptRankings(steps);
  }

  /** Origins come and are given up in their order. The pools hold until the next question that uses the same `rooms`. */
  pools(paths: PastPaths, history: History, rooms: PoolRooms): readonly ErrorPool[] {
    const pools = Array.from({ length: this.#steps }, (_, step) => {
      const room = rooms.ofStep(step);
      const kept = this.#keptOf(step, room);
      if (kept !== undefined && this.#isSame(paths, step, history))
        return { ...room.takeInWithin(kept, paths, step, history), ranking: kept };
      room.takeIn(paths, step, history);
      return poolIn(room, this.#rankedAnew(room, kept, step));
    });
    this.#oldestOrigin = paths.origins[0];
    this.#knownToSlot = endSlotOf(history);
    return pools;
  }

  #keptOf(step: number, room: PoolRoom): Ranking | undefined {
    const count = this.#kept.countOf(step);
    return count > 0 ? this.#kept.ofStep(step, room.byError(count)) : undefined;
  }

  /** No error of the step has come or gone. */
  #isSame({ origins }: PastPaths, step: number, history: History): boolean {
    if (this.#oldestOrigin !== origins[0]) return false;
    const known = countBefore(origins, endSlotOf(history) - step);
    return known === countBefore(origins, this.#knownToSlot - step);
  }

  #rankedAnew(room: PoolRoom, kept: Ranking | undefined, step: number): Ranking {
    const ranking = rankingOf(room, kept && this.#before(kept, step, room));
    this.#kept.keep(step, ranking);
    return ranking;
  }

  #before(kept: Ranking, step: number, { origins }: PoolRoom): RankedBefore | undefined {
    const count = kept.byError.length;
    let left = Math.min(count, origins.length);
    while (left > 0 && origins[left - 1] + step >= this.#knownToSlot) left -= 1;
    return left === 0 ? undefined : { ...kept, gone: count - left };
  }
}
