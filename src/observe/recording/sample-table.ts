import type { MetricName } from '../../domain/metric-name.ts';
import { type DoneRatio, GrowingNumbers } from './growing-numbers.ts';
import { TimestampRuns } from './timestamp-runs.ts';

/** One column as it was read, row by row. */
export interface SampleColumn {
  readonly metric: MetricName;
  /** NaN: the row has no sample, or (see below) the source said "not a number". */
  readonly values: GrowingNumbers;
  /** Rows, ascending, in which the source said "not a number". */
  readonly notANumberRows: GrowingNumbers;
}

/** Rows in file order: one timestamp (the start of the row's slot) and one value per column. */
export interface SampleTable {
  readonly startsAtMs: TimestampRuns;
  readonly columns: readonly SampleColumn[];
}

export function emptyTable(metrics: readonly MetricName[], doneRatio: DoneRatio): SampleTable {
  const columns = metrics.map((metric) => ({
    metric,
    values: new GrowingNumbers(doneRatio),
    notANumberRows: new GrowingNumbers(doneRatio),
  }));
  return { startsAtMs: new TimestampRuns(), columns };
}
