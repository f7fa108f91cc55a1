import { createProgress } from '../progress.ts';

export interface RoundsTeller {
  /** So many of all need no more reading. */
  told(done: number): void;
  finish(): void;
}

const LINE_EVERY_MS = 10_000;

/** A bar where a person looks on; in a pod's log a line now and then. */
export function createRoundsTeller(all: number, stream: NodeJS.WriteStream = process.stderr): RoundsTeller {
  const progress = createProgress(stream);
  let lineAtMs = performance.now();
  return {
    told(done) {
      const text = `${done} of ${all} histories`;
      progress.update(done / all, text);
      if (stream.isTTY || performance.now() - lineAtMs < LINE_EVERY_MS) return;
      lineAtMs = performance.now();
      stream.write(`${text}\n`);
    },
    finish: () => progress.finish(),
  };
}
