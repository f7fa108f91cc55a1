import type { HistoryReader } from '../../api/ports.ts';
import type { DecisionRing } from '../../control/decision-ring.ts';
import type { DecisionStore, StoredDecision } from '../../control/decision-store.ts';
import type { WorkloadRef } from '../../domain/workload.ts';
import { HISTORY_FAULT_KINDS } from '../../history/decision-history.ts';
import { createSegmentHistory, type SegmentHistory } from '../../history/segment-history.ts';
import { registerHistoryMeters, type HistoryMeters } from '../../telemetry/history-meters.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

export interface HistorySettings {
  readonly directory: string;
  readonly mostBytes: number;
  readonly mostAgeSeconds: number;
}

export interface KeptHistory {
  /** Where decisions go: memory, and the disk where it is asked for. */
  readonly store: DecisionStore;
  readonly reader: HistoryReader;
  close(): Promise<void>;
}

export interface HistoryDeps {
  /** undefined: in memory alone. */
  readonly settings: HistorySettings | undefined;
  readonly ring: DecisionRing;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

export function keepHistory({ settings, ring, metrics, logger }: HistoryDeps): KeptHistory {
  if (settings === undefined)
    return { store: ring, reader: readerOfMemory(ring), close: () => Promise.resolve() };
  // The meters ask the history for its size, which tells the meters of its faults.
  const meters: HistoryMeters = registerHistoryMeters(metrics.registry, {
    kinds: HISTORY_FAULT_KINDS,
    bytes: () => history.bytes(),
  });
  const history: SegmentHistory = createSegmentHistory({
    ...settings,
    ear: {
      fault({ kind, message }) {
        meters.fault(kind);
        logger.error({ kind, message }, 'decision history is incomplete');
      },
      recovered: () => logger.info({}, 'decisions are stored again'),
      lost: (decisions) => meters.lost(decisions),
    },
  });
  return {
    store: {
      append(batch) {
        ring.append(batch);
        // Never waited for, never rejects: the disk is not the loop's business.
        void history.append(batch);
      },
      list: (workload, options) => ring.list(workload, options),
      get: (workload, id) => ring.get(workload, id),
    },
    reader: readerOfDisk(history, ring),
    close: () => history.close(),
  };
}

/** The newest decisions of each workload, since this process has run. */
export function readerOfMemory(ring: DecisionRing): HistoryReader {
  return {
    read: (workload, options) =>
      Promise.resolve({
        decisions: ring.list(workload, options),
        completeSinceMs: oldestKeptMs(ring, workload),
      }),
  };
}

/** While nothing can be stored, memory has the newest decisions all the same. */
function readerOfDisk(history: SegmentHistory, ring: DecisionRing): HistoryReader {
  return {
    async read(workload, options) {
      const { decisions, completeSinceMs } = await history.read(workload, options);
      const both = [...decisions, ...ring.list(workload, options)];
      return {
        decisions: newestFirst(both).slice(0, options.limit),
        completeSinceMs: completeSinceMs ?? oldestKeptMs(ring, workload),
      };
    },
  };
}

function newestFirst(decisions: readonly StoredDecision[]): readonly StoredDecision[] {
  const byInstant = new Map(decisions.map((one) => [one.decision.decidedAtMs, one]));
  return [...byInstant.values()].sort((a, b) => b.decision.decidedAtMs - a.decision.decidedAtMs);
}

function oldestKeptMs(ring: DecisionRing, workload: WorkloadRef): number | null {
  return ring.list(workload, { limit: Infinity }).at(-1)?.decision.decidedAtMs ?? null;
}
