import type { TrendRow } from '../../domain/trend.ts';
import { workloadKey } from '../../domain/workload.ts';
import type { TrendArchive } from './trend-archive.ts';

/** The newest rows since this process has run: `mostRows` shared evenly among the workloads. */
export function createMemoryArchive(mostRows: number): TrendArchive {
  const byKey = new Map<string, TrendRow[]>();
  return {
    put(workload, row) {
      const key = workloadKey(workload);
      const rows = byKey.get(key) ?? [];
      if (rows.length === 0) byKey.set(key, rows);
      rows.push(row);
      const [oldest] = byKey.keys();
      if (byKey.size > mostRows) byKey.delete(oldest);
      const keep = Math.max(1, Math.floor(mostRows / byKey.size / 2));
      // Trimmed at twice the length, so that a row costs O(1).
      if (rows.length >= 2 * keep) rows.splice(0, rows.length - keep);
    },
    rows: (workload, { fromMs, beforeMs }) =>
      Promise.resolve(
        (byKey.get(workloadKey(workload)) ?? []).filter(({ atMs }) => atMs >= fromMs && atMs < beforeMs),
      ),
    close: () => Promise.resolve(),
  };
}
