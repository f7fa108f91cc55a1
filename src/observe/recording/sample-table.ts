import type { MetricName } from '../../domain/metric-name.ts';
import { NumberChunks } from './number-chunks.ts';
import { TimestampRuns } from './timestamp-runs.ts';

/** One column as it was read, row by row. */
export interface SampleColumn {
  readonly metric: MetricName;
  /** NaN: the row has no sample, or (see below) the source said "not a number". */
  readonly values: NumberChunks;
  /** Rows, ascending, in which the source said "not a number". */
  readonly notANumberRows: NumberChunks;
}

/** Rows in file order: one timestamp (the start of the row's slot) and one value per column. */
export interface SampleTable {
  readonly startsAtMs: TimestampRuns;
  readonly columns: readonly SampleColumn[];
}

export function emptyTable(metrics: readonly MetricName[]): SampleTable {
  const columns = metrics.map((metric) => ({
    metric,
    values: new NumberChunks(),
    notANumberRows: new NumberChunks(),
  }));
  return { startsAtMs: new TimestampRuns(), columns };
}
