import { join } from 'node:path';
import type { HistoryReader, TrendReader } from '../../api/ports.ts';
import type { DecisionRing } from '../../control/decision-ring.ts';
import type { DecisionStore, StoredDecision } from '../../control/decision-store.ts';
import type { WorkloadRef } from '../../domain/workload.ts';
import { HISTORY_FAULT_KINDS, type HistoryEar } from '../../history/decision-history.ts';
import { createSegmentHistory, type SegmentHistory } from '../../history/segment-history.ts';
import { createFileArchive } from '../../history/trend/file-archive.ts';
import { createMemoryArchive } from '../../history/trend/memory-archive.ts';
import { recordTrend } from '../../history/trend/record-trend.ts';
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
  readonly trend: TrendReader;
  close(): Promise<void>;
}

export interface HistoryDeps {
  /** undefined: in memory alone. */
  readonly settings: HistorySettings | undefined;
  readonly ring: DecisionRing;
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** Of five minutes of a workload: 60 days of one, 7 hours of 200. */
const MOST_TREND_ROWS_IN_MEMORY = 40_000;

export function keepHistory(deps: HistoryDeps): KeptHistory {
  return deps.settings === undefined ? inMemory(deps.ring) : onDisk(deps.settings, deps);
}

function inMemory(ring: DecisionRing): KeptHistory {
  const trend = recordTrend(createMemoryArchive(MOST_TREND_ROWS_IN_MEMORY));
  return {
    store: storeOn(ring, (batch) => trend.append(batch)),
    reader: readerOfMemory(ring),
    trend,
    close: () => Promise.resolve(),
  };
}

function onDisk(settings: HistorySettings, { ring, metrics, logger }: HistoryDeps): KeptHistory {
  // The meters ask the history for its size, which tells the meters of its faults.
  const meters: HistoryMeters = registerHistoryMeters(metrics.registry, {
    kinds: HISTORY_FAULT_KINDS,
    bytes: () => history.bytes(),
  });
  const ear: HistoryEar = {
    fault({ kind, message }) {
      meters.fault(kind);
      logger.error({ kind, message }, 'decision history is incomplete');
    },
    recovered: () => logger.info({}, 'decisions are stored again'),
    lost: (decisions) => meters.lost(decisions),
  };
  const history: SegmentHistory = createSegmentHistory({ ...settings, ear });
  // Of the same directory: what is wrong with it, the history has counted.
  const trendEar: HistoryEar = {
    fault: ({ kind, message }) => logger.error({ kind, message }, 'charts of weeks have gaps'),
    recovered: () => logger.info({}, 'charts of weeks are stored again'),
    lost: () => undefined,
  };
  const trend = recordTrend(createFileArchive(join(settings.directory, 'trend'), trendEar));
  return {
    store: storeOn(ring, (batch) => {
      // Never waited for, never rejects: the disk is not the loop's business.
      void history.append(batch);
      trend.append(batch);
    }),
    reader: readerOfDisk(history, ring),
    trend,
    async close() {
      await Promise.all([history.close(), trend.close()]);
    },
  };
}

/** Memory, and what is to be done with each batch beside it. */
function storeOn(ring: DecisionRing, keep: (batch: readonly StoredDecision[]) => void): DecisionStore {
  return {
    append(batch) {
      ring.append(batch);
      keep(batch);
    },
    list: (workload, options) => ring.list(workload, options),
    get: (workload, id) => ring.get(workload, id),
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
