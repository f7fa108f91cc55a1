/** So many pieces of work at a time; the others begin in the order in which they came. */
export interface Gate {
  /** The work's own outcome, once its turn has come. */
  through<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Pieces of work whose turn has not come. */
  waiting(): number;
}

export function createGate(limit: number): Gate {
  const waiting: (() => void)[] = [];
  let free = limit;

  const turn = async (): Promise<void> => {
    if (free === 0) return new Promise((resolve) => void waiting.push(resolve));
    free -= 1;
  };
  /** Handed to the next in line, where there is one. */
  const giveBack = (): void => {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  };
  return {
    async through(work) {
      await turn();
      try {
        return await work();
      } finally {
        giveBack();
      }
    },
    waiting: () => waiting.length,
  };
}
