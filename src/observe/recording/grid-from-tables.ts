import { isoFromMs, MS_PER_SECOND } from '../../domain/clock.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { invalidInput } from '../../domain/errors.ts';
import type { MetricName } from '../../domain/metric-name.ts';
import type { TimeSeries } from '../../domain/time-series.ts';
import { type DefectCounts, type Grid, placeRows, type RowDefect, slotOf } from './place-rows.ts';
import type { Recording } from './recording.ts';
import type { SampleTable } from './sample-table.ts';
import { commonStepMs } from './timestamp-runs.ts';

/** What was read, and who says so in errors. */
export interface ReadTables {
  readonly name: string;
  /** One table for a CSV file, one for each series of a Prometheus answer. */
  readonly tables: SampleTable[];
  /**
   * When timestamps are interval ends (Prometheus), true: the grid moves back by one step, as a slot is named by
   * its start.
   */
  readonly stampedAtEnd: boolean;
  readonly warnings: readonly string[];
}

/** Slots that a sparse recording may have whatever its rows: 1 million slots are 8 MB a column. */
const MAX_SPARSE_SLOTS = 1_000_000;
/** Above that, one row in this many slots is the least that looks like a recording and not like a wrong timestamp. */
const MAX_SLOTS_PER_ROW = 100;

/**
 * Lays rows on the regular grid that they imply: its phase is the first timestamp, its step the most common
 * difference. A slot without a row is NaN; nothing is filled in. The tables are used up.
 */
export function gridFromTables(read: ReadTables): Recording {
  const grid = gridOf(read);
  const shiftMs = read.stampedAtEnd ? -grid.stepMs : 0;
  const columns: Partial<Record<MetricName, TimeSeries>> = {};
  const notANumberSlots: Partial<Record<MetricName, Uint32Array>> = {};
  const warnings = [...read.warnings];
  const startAtMs = grid.firstMs + shiftMs;
  const stepSeconds = grid.stepMs / MS_PER_SECOND;
  for (let table = read.tables.shift(); table !== undefined; table = read.tables.shift()) {
    const placement = placeRows(table, grid);
    for (const placed of placement.columns) {
      columns[placed.metric] = { startAtMs, stepSeconds, values: placed.values };
      if (placed.notANumberSlots.length > 0) notANumberSlots[placed.metric] = placed.notANumberSlots;
    }
    warnings.push(...warningsOf(placement.defects, stepSeconds));
  }
  const { arrivalRate } = columns;
  if (arrivalRate === undefined) throw new Error('a reader let a recording without arrivalRate through');
  return {
    name: read.name,
    stepSeconds,
    startAtMs,
    columns: { ...columns, arrivalRate },
    notANumberSlots,
    warnings,
  };
}

function gridOf({ name, tables }: ReadTables): Grid {
  const extents = tables.map((table) => table.startsAtMs.extent()).filter((extent) => extent !== undefined);
  const rows = tables.reduce((sum, table) => sum + table.startsAtMs.rows, 0);
  const countByDiffMs = new Map<number, number>();
  for (const table of tables) table.startsAtMs.countDiffs(countByDiffMs);
  const stepMs = commonStepMs(countByDiffMs);
  if (stepMs === undefined)
    throw invalidInput(`recording ${name}`, [
      {
        path: 'rows',
        got: rows === 1 ? '1 row' : rows === 0 ? 'no rows' : `${rows} rows for the same time`,
        allowed: 'rows for at least two different times (the step is their distance)',
      },
    ]);
  const firstMs = Math.min(...extents.map((extent) => extent.firstMs));
  const lastMs = Math.max(...extents.map((extent) => extent.lastMs));
  const slots = slotOf({ firstMs, stepMs }, lastMs) + 1;
  if (slots > MAX_SPARSE_SLOTS && slots > rows * MAX_SLOTS_PER_ROW)
    throw tooSparse(name, rows, { firstMs, stepMs, slots });
  return { firstMs, stepMs, slots };
}

function tooSparse(name: string, rows: number, { firstMs, stepMs, slots }: Grid): Error {
  const step = durationFromSeconds(stepMs / MS_PER_SECOND);
  const from = isoFromMs(firstMs);
  const to = isoFromMs(firstMs + (slots - 1) * stepMs);
  return invalidInput(`recording ${name}`, [
    {
      path: 'timestamp',
      got: `${rows} rows between ${from} and ${to} at a step of ${step}`,
      allowed: `a row for at least one in ${MAX_SLOTS_PER_ROW} slots (is one of the times wrong?)`,
    },
  ]);
}

const SENTENCES: Readonly<Record<RowDefect, string>> = {
  outOfOrder: 'out of order: sorted in',
  repeated: 'there twice with the same values: kept once',
  conflicting: 'for a time that already has other values: the first ones are kept',
  offGrid: 'off the grid of the step: taken for the slot that was complete by then',
};

function warningsOf(defects: DefectCounts, stepSeconds: number): string[] {
  const kinds = Object.keys(SENTENCES) as RowDefect[];
  return kinds
    .filter((kind) => defects[kind].rows > 0)
    .map((kind) => {
      const { rows, firstAtMs } = defects[kind];
      const subject = rows === 1 ? '1 row is' : `${rows} rows are`;
      const first = `step ${durationFromSeconds(stepSeconds)}, first: ${isoFromMs(firstAtMs)}`;
      return `${subject} ${SENTENCES[kind]} (${first})`;
    });
}
