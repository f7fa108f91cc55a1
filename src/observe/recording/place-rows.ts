import type { MetricName } from '../../domain/metric-name.ts';
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
  readonly rows: readonly number[];
  /** [collision] 1 when any column differs from the row that was kept. */
  readonly differs: Uint8Array;
}

interface Layout {
  readonly table: SampleTable;
  readonly grid: Grid;
  readonly collisions: Collisions;
}

/**
 * Lays every row of the table into its slot; the first row for a slot is kept. The table's columns are used up. Rows
 * in order, as nearly always, are spread out in the memory that they were read into.
 */
export function placeRows(table: SampleTable, grid: Grid): Placement {
  const defects = noDefects();
  const rows = collide(table, grid, defects);
  const layout = { table, grid, collisions: { rows, differs: new Uint8Array(rows.length) } };
  const place = rows.length === 0 && defects.outOfOrder.rows === 0 ? spreadOut : pickOut;
  const columns = table.columns.map((column) => {
    const notANumberSlots = notANumberSlotsOf(column, layout);
    return { metric: column.metric, values: place(column, layout), notANumberSlots };
  });
  countCollisions(layout, defects);
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

function collide(table: SampleTable, grid: Grid, defects: DefectCounts): number[] {
  const taken = new Uint8Array(Math.ceil(grid.slots / 8));
  const collisions: number[] = [];
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

/** For rows in order, each with a slot of its own: no row's slot is before the row, so the last row moves first. */
function spreadOut(column: SampleColumn, { table, grid }: Layout): Float64Array {
  const values = column.values.takeWithRoomFor(grid.slots);
  let filledFrom = grid.slots;
  table.startsAtMs.forEachBackwards((atMs, row) => {
    const slot = slotOf(grid, atMs);
    values[slot] = values[row];
    if (filledFrom > slot + 1) values.fill(Number.NaN, slot + 1, filledFrom);
    filledFrom = slot;
  });
  return values.fill(Number.NaN, 0, filledFrom);
}

/** For rows in any order. */
function pickOut(column: SampleColumn, { table, grid, collisions }: Layout): Float64Array {
  const values = new Float64Array(grid.slots).fill(Number.NaN);
  let collision = 0;
  table.startsAtMs.forEach((atMs, row) => {
    const slot = slotOf(grid, atMs);
    const value = column.values.at(row);
    if (collisions.rows[collision] !== row) values[slot] = value;
    else {
      if (!Object.is(values[slot], value)) collisions.differs[collision] = 1;
      collision += 1;
    }
  });
  return values;
}

function notANumberSlotsOf(column: SampleColumn, { table, grid, collisions }: Layout): Uint32Array {
  const rows = column.notANumberRows;
  if (rows.length === 0) return new Uint32Array(0);
  const dropped = new Set(collisions.rows);
  const slots: number[] = [];
  let next = 0;
  table.startsAtMs.forEach((atMs, row) => {
    if (next >= rows.length || rows.at(next) !== row) return;
    if (!dropped.has(row)) slots.push(slotOf(grid, atMs));
    next += 1;
  });
  return Uint32Array.from(slots).sort();
}

function countCollisions({ table, collisions: { rows, differs } }: Layout, defects: DefectCounts): void {
  if (rows.length === 0) return;
  let collision = 0;
  table.startsAtMs.forEach((atMs, row) => {
    if (rows[collision] !== row) return;
    note(defects, differs[collision] === 1 ? 'conflicting' : 'repeated', atMs);
    collision += 1;
  });
}
