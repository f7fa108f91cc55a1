import type { MetricName } from '../../domain/metric-name.ts';
import { NumberChunks } from './number-chunks.ts';
import type { SampleColumn, SampleTable } from './sample-table.ts';

/** Slot k starts at `firstMs + k * stepMs`. */
export interface Grid {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly slots: number;
}

const DEFECTS = ['outOfOrder', 'repeated', 'conflicting', 'offGrid'] as const;
export type RowDefect = (typeof DEFECTS)[number];

/** How many rows had a defect that was put right, and the time of the first of them. */
export type DefectCounts = Readonly<Record<RowDefect, { rows: number; firstAtMs: number }>>;

export interface PlacedColumn {
  readonly metric: MetricName;
  /** [slot]; NaN where no kept row has a sample. */
  readonly values: Float64Array;
  /** Slots, ascending, whose kept row holds "not a number". */
  readonly notANumberSlots: Uint32Array;
}

export interface Placement {
  readonly columns: readonly PlacedColumn[];
  readonly defects: DefectCounts;
}

/** A row may be this share of a step late and still count for its slot; later ones count for the next slot. */
const LATE_RATIO = 0.1;

/**
 * The slot for a row stamped `atMs`. Off the grid, the later slot is taken, so that no row is known before its own
 * interval was over (but for the tenth of a step that scrapers jitter by).
 */
export function slotOf({ firstMs, stepMs }: Pick<Grid, 'firstMs' | 'stepMs'>, atMs: number): number {
  return Math.ceil((atMs - firstMs) / stepMs - LATE_RATIO);
}

/** Rows that a slot cannot take since an earlier row (in file order) has it, ascending. */
interface Collisions {
  readonly rows: NumberChunks;
  /** [collision] 1 when any column differs from the row that was kept. */
  readonly differs: Uint8Array;
}

/** Lays every row of the table into its slot. The first row for a slot is kept. */
export function placeRows(table: SampleTable, grid: Grid): Placement {
  const defects = noDefects();
  const rows = collide(table, grid, defects);
  const collisions = { rows, differs: new Uint8Array(rows.length) };
  const columns = table.columns.map((column) => placeColumn(column, { table, grid, collisions }));
  countCollisions(table, collisions, defects);
  return { columns, defects };
}

function noDefects(): DefectCounts {
  const none = DEFECTS.map((kind) => [kind, { rows: 0, firstAtMs: Number.NaN }]);
  return Object.fromEntries(none) as DefectCounts;
}

function note(defects: DefectCounts, kind: RowDefect, atMs: number): void {
  const defect = defects[kind];
  if (defect.rows === 0) defect.firstAtMs = atMs;
  defect.rows += 1;
}

function collide(table: SampleTable, grid: Grid, defects: DefectCounts): NumberChunks {
  const taken = new Uint8Array(Math.ceil(grid.slots / 8));
  const collisions = new NumberChunks();
  let latestMs = -Infinity;
  table.startsAtMs.forEach((atMs, row) => {
    const slot = slotOf(grid, atMs);
    const bit = 1 << (slot & 7);
    if ((taken[slot >> 3] & bit) !== 0) collisions.push(row);
    taken[slot >> 3] |= bit;
    if (atMs < latestMs) note(defects, 'outOfOrder', atMs);
    else latestMs = atMs;
    if (grid.firstMs + slot * grid.stepMs !== atMs) note(defects, 'offGrid', atMs);
  });
  return collisions;
}

interface ColumnPlace {
  readonly table: SampleTable;
  readonly grid: Grid;
  readonly collisions: Collisions;
}

function placeColumn(column: SampleColumn, { table, grid, collisions }: ColumnPlace): PlacedColumn {
  const values = new Float64Array(grid.slots).fill(Number.NaN);
  const notANumberSlots: number[] = [];
  let collision = 0;
  let notANumber = 0;
  table.startsAtMs.forEach((atMs, row) => {
    const slot = slotOf(grid, atMs);
    const value = column.values.at(row);
    const saidNaN = notANumber < column.notANumberRows.length && column.notANumberRows.at(notANumber) === row;
    if (saidNaN) notANumber += 1;
    if (collision < collisions.rows.length && collisions.rows.at(collision) === row) {
      if (!Object.is(values[slot], value)) collisions.differs[collision] = 1;
      collision += 1;
    } else {
      values[slot] = value;
      if (saidNaN) notANumberSlots.push(slot);
    }
  });
  return { metric: column.metric, values, notANumberSlots: Uint32Array.from(notANumberSlots).sort() };
}

function countCollisions(table: SampleTable, { rows, differs }: Collisions, defects: DefectCounts): void {
  if (rows.length === 0) return;
  let collision = 0;
  table.startsAtMs.forEach((atMs, row) => {
    if (collision >= rows.length || rows.at(collision) !== row) return;
    note(defects, differs[collision] === 1 ? 'conflicting' : 'repeated', atMs);
    collision += 1;
  });
}
