import type { RecordedDecision } from './decision-history.ts';

export interface WriteQueueOptions {
  /** Decisions that may wait for a slow disk. */
  readonly mostWaiting: number;
  /** One at a time; never rejects. */
  readonly write: (batch: readonly RecordedDecision[]) => Promise<void>;
  /** Told of what found no room. */
  readonly refused: (batch: readonly RecordedDecision[]) => void;
}

export interface WriteQueue {
  /** Resolves when the batch has been written, or refused. */
  add(batch: readonly RecordedDecision[]): Promise<void>;
  /** What has not been written yet. */
  unwritten(): readonly RecordedDecision[];
  idle(): Promise<void>;
}

interface Waiting {
  readonly batch: readonly RecordedDecision[];
  readonly done: () => void;
}

/** Batches in their order; those that come while one is written are written together. */
export function createWriteQueue({ mostWaiting, write, refused }: WriteQueueOptions): WriteQueue {
  let waiting: readonly Waiting[] = [];
  let writing: Promise<void> | undefined;

  const unwritten = (): readonly RecordedDecision[] => waiting.flatMap(({ batch }) => batch);
  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      const now = waiting;
      await write(unwritten());
      waiting = waiting.slice(now.length);
      for (const { done } of now) done();
    }
    writing = undefined;
  };

  return {
    unwritten,
    idle: () => writing ?? Promise.resolve(),
    add(batch) {
      const held = waiting.reduce((sum, one) => sum + one.batch.length, 0);
      if (held > 0 && held + batch.length > mostWaiting) {
        refused(batch);
        return Promise.resolve();
      }
      return new Promise((done) => {
        waiting = [...waiting, { batch, done }];
        writing ??= writeAll();
      });
    },
  };
}
