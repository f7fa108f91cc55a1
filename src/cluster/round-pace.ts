/** One list-and-watch round, as it ended. */
export interface EndedRound {
  readonly isFault: boolean;
  readonly tookSeconds: number;
  readonly events: number;
}

export interface NextRound {
  /** Rounds that failed in a row: 0 goes on at once. */
  readonly failures: number;
  /** Everything is to be listed anew. */
  readonly relists: boolean;
}

export interface RoundPace {
  after(round: EndedRound): NextRound;
}

/** A server that ends each watch at once must not be asked a hundred times a second, however politely it does it. */
const SHORT_ROUND_SECONDS = 1;
const RELIST_AFTER_FRUITLESS = 5;

/**
 * When a reflector goes on. Rounds that fail, or end at once, are counted for the pause before the next one. Where several
 * in a row brought no event either, the server may have lost its past (restored from a backup): then only a new list
 * can go on.
 */
export function createRoundPace(): RoundPace {
  let failures = 0;
  let fruitless = 0;
  return {
    after({ isFault, tookSeconds, events }) {
      failures = isFault || tookSeconds < SHORT_ROUND_SECONDS ? failures + 1 : 0;
      fruitless = failures > 0 && events === 0 ? fruitless + 1 : 0;
      return { failures, relists: fruitless >= RELIST_AFTER_FRUITLESS };
    },
  };
}
