import { workloadKey } from '../domain/workload.ts';
import type { DecisionHistory, HistoryEar, HistoryFaultKind, RecordedDecision } from './decision-history.ts';
import { openHistoryFiles, type HistoryFiles } from './history-files.ts';
import type { Query } from './read-generations.ts';
import type { RetentionLimits } from './retention.ts';
import { tellOnce } from './tell-once.ts';
import { createWriteQueue } from './write-queue.ts';

export interface SegmentHistoryOptions extends RetentionLimits {
  readonly directory: string;
  readonly ear: HistoryEar;
  /** A journal of this size is packed into a segment. */
  readonly journalBytes?: number;
}

export interface SegmentHistory extends DecisionHistory {
  /** Of all files; 0 while the directory cannot be used. */
  bytes(): number;
}

/** 80 ticks of 200 workloads: enough of each workload's decisions for blocks that compress well. */
const JOURNAL_BYTES = 64_000_000;
/** Of the bound on disk, so that a small one has room for several generations. */
const JOURNAL_SHARE = 1 / 8;
/** Decisions that wait for a slow disk; what comes then is lost. About 100 MB. */
const MOST_WAITING = 20_000;

/**
 * A history in append-only files below a directory (src/DECISIONS.md says why files of our own). The directory is opened
 * with the first decision, and again with each while it cannot be: a disk that is full or missing is one that may come back.
 */
export function createSegmentHistory(options: SegmentHistoryOptions): SegmentHistory {
  const journalBytes = options.journalBytes ?? Math.min(JOURNAL_BYTES, options.mostBytes * JOURNAL_SHARE);
  const troubles = tellOnce(options.ear);
  const files = openedWhenAsked(() => openHistoryFiles({ ...options, journalBytes }));
  let lostBeforeMs: number | undefined;

  const missBefore = (atMs: number): void => {
    lostBeforeMs = Math.max(lostBeforeMs ?? -Infinity, atMs);
  };
  const lose = (batch: readonly RecordedDecision[], kind: HistoryFaultKind, why: string): void => {
    missBefore(Math.max(...batch.map(({ decision }) => decision.decidedAtMs)) + 1);
    options.ear.lost(batch.length);
    troubles.begin(kind, `decisions are not stored: ${why}`);
  };
  const queue = createWriteQueue({
    mostWaiting: MOST_WAITING,
    refused: (batch) => lose(batch, 'backlog', 'the disk is too slow'),
    async write(batch) {
      try {
        const target = await files.open();
        const told = lostBeforeMs;
        await target.append(batch, told);
        if (lostBeforeMs === told) lostBeforeMs = undefined;
        troubles.over();
      } catch (error) {
        lose(batch, 'write', (error as Error).message);
      }
    },
  });
  const readStored = async (query: Query): Promise<readonly RecordedDecision[]> => {
    const page = await files
      .open()
      .then((opened) => opened.read(query))
      .catch(() => undefined);
    for (const untilMs of page?.damagedUntilMs ?? []) {
      missBefore(untilMs + 1);
      troubles.begin('corrupt', 'a block of stored decisions is damaged; it is left out');
    }
    return page?.decisions ?? [];
  };

  return {
    append: (batch) => (batch.length === 0 ? Promise.resolve() : queue.add(batch)),
    async read(workload, { limit, beforeMs = Infinity }) {
      const key = workloadKey(workload);
      const unwritten = queue
        .unwritten()
        .filter(({ decision }) => workloadKey(decision.workload) === key && decision.decidedAtMs < beforeMs);
      const stored = await readStored({ key, limit, beforeMs });
      return {
        decisions: newestFirst([...stored, ...unwritten]).slice(0, limit),
        completeSinceMs: laterOf(files.opened()?.completeSinceMs() ?? null, lostBeforeMs),
      };
    },
    bytes: () => files.opened()?.bytes() ?? 0,
    async close() {
      await queue.idle();
      await files.close();
    },
  };
}

/** Opened once; where that fails, tried again by the next who asks. */
function openedWhenAsked(openFiles: () => Promise<HistoryFiles>) {
  let opening: Promise<HistoryFiles> | undefined;
  let files: HistoryFiles | undefined;
  return {
    open(): Promise<HistoryFiles> {
      opening ??= openFiles().then(
        (made) => (files = made),
        (error: unknown) => {
          opening = undefined;
          throw error;
        },
      );
      return opening;
    },
    opened: () => files,
    async close(): Promise<void> {
      await opening?.then((made) => made.close()).catch(() => undefined);
    },
  };
}

/** Of two for one instant, the later in the list. */
function newestFirst(decisions: readonly RecordedDecision[]): readonly RecordedDecision[] {
  const byInstant = new Map(decisions.map((one) => [one.decision.decidedAtMs, one]));
  return [...byInstant.values()].sort((a, b) => b.decision.decidedAtMs - a.decision.decidedAtMs);
}

function laterOf(sinceMs: number | null, lostBeforeMs: number | undefined): number | null {
  return sinceMs === null || lostBeforeMs === undefined ? sinceMs : Math.max(sinceMs, lostBeforeMs);
}
