import { isoFromMs } from '../../domain/clock.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import type { RecordSummary } from './csv-rows.ts';
import type { RecordPlan } from './read-rows.ts';

/** One line for people. */
export function recordText(out: string, { stepSeconds }: RecordPlan, summary: RecordSummary): string {
  const step = durationFromSeconds(stepSeconds);
  const span = `${isoOrNone(summary.firstAtMs)} to ${isoOrNone(summary.lastAtMs)}`;
  const gaps =
    summary.gaps === 0
      ? 'no gap'
      : `${counted(summary.missingSlots, 'slot')} without a sample in ${counted(summary.gaps, 'gap')}`;
  const odd =
    summary.notANumberSamples === 0 ? '' : `, ${counted(summary.notANumberSamples, 'sample')} not a number`;
  return `${out}: ${counted(summary.rows, 'row')} of ${step} from ${span}, ${gaps}${odd}\n`;
}

/** The same for programs. */
export function recordJson(
  out: string,
  { stepSeconds, columns }: RecordPlan,
  summary: RecordSummary,
): string {
  const { firstAtMs, lastAtMs, ...counts } = summary;
  const answer = {
    out,
    columns: columns.map(({ column }) => column),
    stepSeconds,
    firstAt: isoOrNone(firstAtMs),
    lastAt: isoOrNone(lastAtMs),
    ...counts,
  };
  return `${JSON.stringify(answer)}\n`;
}

function isoOrNone(atMs: number | null): string | null {
  return atMs === null ? null : isoFromMs(atMs);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
