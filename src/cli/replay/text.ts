import { durationFromSeconds } from '../../domain/duration.ts';
import { percentText, significant } from '../../domain/figures.ts';
import { PRESCALE, type ComparedPolicy } from '../../replay/compare.ts';
import { equalSlo, type ReplayReport } from './json.ts';

const COLUMNS = [
  'policy',
  'setting',
  'replica-hours',
  'late',
  'in violation',
  'under',
  'over',
  'changes/day',
  'cost',
] as const;

export function replayText(report: ReplayReport, currency: string): string {
  const { recording, comparison, stepSeconds } = report;
  const rows = comparison.policies.map((policy) => cells(policy, currency));
  const lines = [
    `${recording}, step ${durationFromSeconds(stepSeconds)}; the second half is scored`,
    '',
    ...table([COLUMNS, ...rows]),
    '',
    ...equalSloLines(report),
  ];
  return `${lines.join('\n')}\n`;
}

function cells({ name, setting, score }: ComparedPolicy, currency: string): readonly string[] {
  return [
    name,
    setting,
    significant(score.replicaHours),
    percentText(score.sloViolationRatio),
    durationFromSeconds(score.violatedSeconds),
    percentText(score.underProvisionedRatio),
    percentText(score.overProvisionedRatio),
    significant(score.scaleEventsPerDay),
    `${significant(score.cost.total)} ${currency}`,
  ];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column])))
      .join('  ')
      .trimEnd(),
  );
}

/** What was worse is said as plainly as what was better. */
function equalSloLines({ comparison }: ReplayReport): string[] {
  const equal = equalSlo(comparison);
  const own = comparison.policies.find(({ name }) => name === PRESCALE);
  if (equal === null || own === undefined) return [];
  return [
    `at prescale's own lateness of ${percentText(own.score.sloViolationRatio)}:`,
    ...Object.entries(equal.replicaHours).map(([family, hours]) => {
      if (hours === null) return `  ${family}: no setting is as punctual`;
      const saved = 1 - own.score.replicaHours / hours;
      const which = saved >= 0 ? 'fewer' : 'more';
      return `  ${family}: ${significant(hours)} replica-hours; prescale takes ${percentText(Math.abs(saved))} ${which}`;
    }),
  ];
}
