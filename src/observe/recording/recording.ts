import type { MetricName } from '../../domain/metric-name.ts';
import type { TimeSeries } from '../../domain/time-series.ts';

/** Recorded metrics of one workload, all columns on one regular grid. */
export interface Recording {
  /** The file's name without folder and extensions; `stdin` for standard input. */
  readonly name: string;
  readonly stepSeconds: number;
  /** Start of the first slot. */
  readonly startAtMs: number;
  /** Same start, step and length each. NaN: no sample, or the source said "not a number" (see `notANumberSlots`). */
  readonly columns: Readonly<Partial<Record<MetricName, TimeSeries>>> & { readonly arrivalRate: TimeSeries };
  /** Indexes, ascending, of the slots whose sample is there and is not a number. Absent where there are none. */
  readonly notANumberSlots: Readonly<Partial<Record<MetricName, Uint32Array>>>;
  /** What was put right while reading, one sentence each, for a person to see. */
  readonly warnings: readonly string[];
}

/** `/data/nasa_jul95_1m.csv.gz` -> `nasa_jul95_1m` */
export function recordingName(path: string): string {
  const file = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  return file.replace(/\.gz$/i, '').replace(/\.(csv|json|txt)$/i, '');
}
