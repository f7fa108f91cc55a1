import type { AutoscalerSummary } from '../../api/views.ts';

const HEADER = [
  'NAMESPACE',
  'NAME',
  'MODE',
  'CURRENT',
  'RECOMMENDED',
  'MODEL',
  'PEAK RPS',
  'LATE',
  'PER HOUR',
  'REASON',
];
const GAP = '   ';

/** One line each, in columns as kubectl prints them; what is not known is "-". */
export function summaryTable(summaries: readonly AutoscalerSummary[]): string {
  const rows = [HEADER, ...summaries.map(rowOf)];
  const widths = HEADER.map((_name, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join(GAP)
      .trimEnd();
  return `${rows.map(line).join('\n')}\n`;
}

function rowOf(one: AutoscalerSummary): readonly string[] {
  const { forecast, sloViolationProbability: late, costPerHour, lastDecision } = one;
  return [
    one.namespace,
    one.name,
    one.paused ? `${one.mode} (paused)` : one.mode,
    known(one.currentReplicas),
    known(one.recommendedReplicas),
    known(forecast?.model),
    known(forecast?.peakRps.toFixed(1)),
    known(late === null ? null : `${(late * 100).toFixed(2)}%`),
    known(costPerHour && `${costPerHour.total.toFixed(2)} ${costPerHour.currency}`),
    known(lastDecision?.reason),
  ];
}

function known(value: string | number | null | undefined): string {
  return value === null || value === undefined ? '-' : String(value);
}
