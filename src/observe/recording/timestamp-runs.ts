import { MS_PER_SECOND } from '../../domain/clock.ts';

/** `count` timestamps from `startAtMs` on, `diffMs` apart. */
export interface TimestampRun {
  readonly startAtMs: number;
  diffMs: number;
  count: number;
}

/** Distinct differences that are counted; a file with more has no step that any of them could be. */
const MAX_DISTINCT_DIFFS = 100_000;

/**
 * The timestamps of rows in file order, kept as runs of equal differences: a regular recording of any length is one
 * run, plus one for each gap, so that timestamps cost next to nothing beside the values.
 */
export class TimestampRuns {
  readonly runs: TimestampRun[] = [];
  #lastMs = Number.NaN;
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  push(atMs: number): void {
    const run = this.runs.at(-1);
    this.#rows += 1;
    if (run !== undefined && run.count === 1) run.diffMs = atMs - run.startAtMs;
    if (run !== undefined && atMs - this.#lastMs === run.diffMs) run.count += 1;
    else this.runs.push({ startAtMs: atMs, diffMs: 0, count: 1 });
    this.#lastMs = atMs;
  }

  /** Calls back with every timestamp, in file order. */
  forEach(visit: (atMs: number, row: number) => void): void {
    let row = 0;
    for (const run of this.runs)
      for (let k = 0; k < run.count; k += 1, row += 1) visit(run.startAtMs + k * run.diffMs, row);
  }

  /** The same from the last row to the first. */
  forEachBackwards(visit: (atMs: number, row: number) => void): void {
    let row = this.#rows - 1;
    for (let index = this.runs.length - 1; index >= 0; index -= 1) {
      const run = this.runs[index];
      for (let k = run.count - 1; k >= 0; k -= 1, row -= 1) visit(run.startAtMs + k * run.diffMs, row);
    }
  }

  /** The earliest and the latest timestamp; undefined without rows. */
  extent(): { readonly firstMs: number; readonly lastMs: number } | undefined {
    if (this.runs.length === 0) return undefined;
    let firstMs = Infinity;
    let lastMs = -Infinity;
    for (const run of this.runs) {
      const endMs = run.startAtMs + (run.count - 1) * run.diffMs;
      firstMs = Math.min(firstMs, run.startAtMs, endMs);
      lastMs = Math.max(lastMs, run.startAtMs, endMs);
    }
    return { firstMs, lastMs };
  }

  /** Adds how often each difference between neighbours in time occurs, zero left out. */
  countDiffs(countByDiffMs: Map<number, number>): void {
    if (!this.#isMonotonic()) return this.#countSortedDiffs(countByDiffMs);
    let lastMs = Number.NaN;
    for (const run of this.runs) {
      addDiff(countByDiffMs, run.startAtMs - lastMs, 1);
      addDiff(countByDiffMs, run.diffMs, run.count - 1);
      lastMs = run.startAtMs + (run.count - 1) * run.diffMs;
    }
  }

  /** Whether the rows are in order, oldest or newest first: then neighbours in the file are neighbours in time. */
  #isMonotonic(): boolean {
    let lastMs = Number.NaN;
    let rises = false;
    let falls = false;
    for (const run of this.runs) {
      rises ||= run.diffMs > 0 || run.startAtMs > lastMs;
      falls ||= run.diffMs < 0 || run.startAtMs < lastMs;
      lastMs = run.startAtMs + (run.count - 1) * run.diffMs;
    }
    return !(rises && falls);
  }

  #countSortedDiffs(countByDiffMs: Map<number, number>): void {
    const sorted = new Float64Array(this.#rows);
    this.forEach((atMs, row) => (sorted[row] = atMs));
    sorted.sort();
    for (let row = 1; row < sorted.length; row += 1) addDiff(countByDiffMs, sorted[row] - sorted[row - 1], 1);
  }
}

function addDiff(countByDiffMs: Map<number, number>, signedMs: number, count: number): void {
  const diffMs = Math.abs(signedMs);
  if (Number.isNaN(diffMs) || diffMs === 0 || count === 0) return;
  const soFar = countByDiffMs.get(diffMs);
  if (soFar === undefined && countByDiffMs.size >= MAX_DISTINCT_DIFFS) return;
  countByDiffMs.set(diffMs, (soFar ?? 0) + count);
}

/**
 * The step of a recording: the most common difference, the smaller one of two that are as common. Where no exact
 * difference has half of the rows (timestamps that jitter by milliseconds), whole seconds are counted instead.
 */
export function commonStepMs(countByDiffMs: ReadonlyMap<number, number>): number | undefined {
  const exact = mostCommon(countByDiffMs);
  const total = [...countByDiffMs.values()].reduce((sum, count) => sum + count, 0);
  if (exact === undefined || exact.count * 2 >= total) return exact?.diffMs;
  const bySecond = new Map<number, number>();
  for (const [diffMs, count] of countByDiffMs) {
    const rounded = Math.max(MS_PER_SECOND, Math.round(diffMs / MS_PER_SECOND) * MS_PER_SECOND);
    bySecond.set(rounded, (bySecond.get(rounded) ?? 0) + count);
  }
  return mostCommon(bySecond)?.diffMs;
}

function mostCommon(countByDiffMs: ReadonlyMap<number, number>) {
  let best: { diffMs: number; count: number } | undefined;
  for (const [diffMs, count] of countByDiffMs) {
    const wins = best === undefined || count > best.count || (count === best.count && diffMs < best.diffMs);
    if (wins) best = { diffMs, count };
  }
  return best;
}
