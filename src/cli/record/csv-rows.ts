import { isoFromMs, MS_PER_SECOND } from '../../domain/clock.ts';
import type { RecordedStretch, RecordPlan } from './read-rows.ts';

/** What a recording holds, for the person who made it. */
export interface RecordSummary {
  /** Rows written: slots with a sample in any column. */
  rows: number;
  /** Slots between the first and the last row without a sample of the arrival rate, and in how many runs. */
  missingSlots: number;
  gaps: number;
  /** Samples that the source has, and that are no load: NaN, infinite, negative. */
  notANumberSamples: number;
  firstAtMs: number | null;
  lastAtMs: number | null;
}

export function emptySummary(): RecordSummary {
  return { rows: 0, missingSlots: 0, gaps: 0, notANumberSamples: 0, firstAtMs: null, lastAtMs: null };
}

export function csvHeader({ columns }: RecordPlan): string {
  return `timestamp,${columns.map(({ column }) => column).join(',')}\n`;
}

/**
 * Makes rows of stretches and counts them. A row is named by the start of its slot; a slot without any sample is no
 * row; what is no load is written as NaN, so that the recording is judged as the source was.
 */
export class CsvRows {
  readonly summary = emptySummary();
  readonly #stepMs: number;
  /** Slots since the last arrival rate: a gap once another one follows. */
  #missingNow = 0;

  constructor({ stepSeconds }: RecordPlan) {
    this.#stepMs = stepSeconds * MS_PER_SECOND;
  }

  textOf({ fromMs, toMs, cellsByColumn }: RecordedStretch): string {
    let text = '';
    for (let atMs = fromMs; atMs < toMs; atMs += this.#stepMs) {
      const cells = cellsByColumn.map((column) => this.#cellText(column.get(atMs)));
      this.#countArrival(cells[0] !== '');
      if (cells.every((cell) => cell === '')) continue;
      this.summary.rows += 1;
      this.summary.firstAtMs ??= atMs;
      this.summary.lastAtMs = atMs;
      text += `${isoFromMs(atMs)},${cells.join(',')}\n`;
    }
    return text;
  }

  #cellText(value: number | undefined): string {
    if (value === undefined) return '';
    if (value >= 0 && value < Infinity) return String(value);
    this.summary.notANumberSamples += 1;
    return 'NaN';
  }

  #countArrival(present: boolean): void {
    const { summary } = this;
    if (!present) this.#missingNow += summary.firstAtMs === null ? 0 : 1;
    else if (this.#missingNow > 0) {
      summary.gaps += 1;
      summary.missingSlots += this.#missingNow;
      this.#missingNow = 0;
    }
  }
}
