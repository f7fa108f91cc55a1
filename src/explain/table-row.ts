import { type Decision, desiredReplicas, recommendedReplicas } from '../domain/decision.ts';
import { workloadKey } from '../domain/workload.ts';
import { percentText, rateText, significant } from '../domain/figures.ts';

/** The columns of a fleet's table, in order: heading by key. */
export const TABLE_COLUMNS = {
  workload: 'WORKLOAD',
  current: 'CURRENT',
  recommended: 'RECOMMENDED',
  desired: 'DESIRED',
  load: 'LOAD',
  peak: 'SIZED FOR',
  model: 'MODEL',
  confidence: 'CONFIDENCE',
  late: 'LATE',
  cost: 'COST/H',
  reason: 'REASON',
} as const;
export type TableColumn = keyof typeof TABLE_COLUMNS;
export type TableRow = Readonly<Record<TableColumn, string>>;

/** What a cell shows where there is nothing to show. */
const NOTHING = '-';

/** One decision as one line of a table. */
export function tableRow(decision: Decision): TableRow {
  const { observed, forecast, sizing } = decision;
  const measured = observed.arrivalRate;
  return {
    workload: workloadKey(decision.workload),
    current: String(observed.currentReplicas),
    recommended: String(recommendedReplicas(decision) ?? NOTHING),
    desired: String(desiredReplicas(decision)),
    load: measured.kind === 'value' ? rateText(measured.value) : measured.kind,
    peak: sizing ? rateText(sizing.sizedForRps) : NOTHING,
    model: forecast.kind === 'forecast' ? forecast.model : NOTHING,
    confidence: forecast.kind === 'forecast' ? forecast.confidenceRatio.toFixed(2) : NOTHING,
    late: sizing ? percentText(sizing.sloViolationProbability) : NOTHING,
    cost: sizing ? significant(sizing.costPerHour.total) : NOTHING,
    reason: decision.outcome.reason,
  };
}

/** Rows under their headings, columns as wide as their widest cell, two spaces between. */
export function tableText(rows: readonly TableRow[]): string {
  const columns = Object.keys(TABLE_COLUMNS) as readonly TableColumn[];
  const lines = [TABLE_COLUMNS, ...rows];
  const widths = columns.map((column) => Math.max(...lines.map((line) => line[column].length)));
  return lines
    .map((line) =>
      columns
        .map((column, i) => line[column].padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
