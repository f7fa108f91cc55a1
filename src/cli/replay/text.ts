import { isoFromMs } from '../../domain/clock.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { percentText, significant } from '../../domain/figures.ts';
import { PRESCALE, type ComparedPolicy, type Comparison } from '../../replay/compare.ts';
import { equalSlo } from '../../replay/equal-slo.ts';
import type { RequirementVerdict } from '../../replay/requirement.ts';
import type { Advice } from '../../replay/verdict.ts';
import type { ReplayReport } from './json.ts';
import { simulatedLines } from './simulated-requests.ts';

export const COLUMNS = [
  'policy',
  'setting',
  'replica-hours',
  'late',
  'p99',
  'in violation',
  'under',
  'over',
  'changes/day',
  'cost',
] as const;

export const ADVICE_TEXTS: Readonly<Record<Advice, string>> = {
  Enable: 'enable',
  EnableAsFloor: 'enable as a floor under what runs today',
  DoNotEnable: 'do not enable',
};

export function replayText(report: ReplayReport): string {
  const { recording, comparison, stepSeconds, verdict } = report;
  const lines = [
    `${recording}, step ${durationFromSeconds(stepSeconds)}; the second half is scored`,
    '',
    ...table([COLUMNS, ...comparison.policies.map((policy) => cells(policy, report))]),
    '',
    ...comparedLines(report),
    '',
    ...simulatedLines(report.requests, comparison.policies),
    ...worstLines(comparison),
    `verdict: ${ADVICE_TEXTS[verdict.advice]}`,
    ...verdict.reasons.map((reason) => `  ${reason}`),
    ...report.requirements.map(requirementText),
  ];
  return `${lines.join('\n')}\n`;
}

export function cells(
  { name, setting, score }: ComparedPolicy,
  { currency, responseTimes }: Pick<ReplayReport, 'currency' | 'responseTimes'>,
): readonly string[] {
  const p99Seconds = responseTimes.get(name)?.p99Seconds;
  return [
    name,
    setting,
    significant(score.replicaHours),
    percentText(score.sloViolationRatio),
    p99Seconds === undefined ? '' : `${significant(1000 * p99Seconds)} ms`,
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
export function comparedLines({ comparison, intervals }: ReplayReport): string[] {
  const own = comparison.policies.find(({ name }) => name === PRESCALE);
  if (own === undefined) return [];
  const ofOwn = own.score.replicaHours;
  const families = Object.entries(equalSlo(comparison).replicaHours).map(([family, hours]) => {
    if (hours === null) return `  ${family}: no setting is as punctual`;
    const saved = 1 - ofOwn / hours;
    const which = saved >= 0 ? 'fewer' : 'more';
    return `  ${family}: ${significant(hours)} replica-hours; prescale takes ${percentText(Math.abs(saved))} ${which}`;
  });
  const days = [...intervals].map(([name, { replicaHoursRatio, violationDifference }]) => {
    const hours = `${significant(replicaHoursRatio.lower)} to ${significant(replicaHoursRatio.upper)} x`;
    const late = `${points(violationDifference.lower)} to ${points(violationDifference.upper)}`;
    return `  ${name}: ${hours} its replica-hours, late share ${late} points`;
  });
  return [
    `everybody at prescale's own lateness of ${percentText(own.score.sloViolationRatio)}:`,
    ...families,
    ...(days.length === 0 ? [] : ['', 'prescale against each as played, 95 % intervals by days:', ...days]),
  ];
}

/** When prescale was at its worst. */
function worstLines({ policies }: Comparison): string[] {
  const worst = policies.find(({ name }) => name === PRESCALE)?.worstEpisode;
  if (worst === undefined) return ['prescale was never in violation', ''];
  const { startMs, seconds, lateRequests } = worst;
  const length = durationFromSeconds(seconds);
  return [
    `prescale at its worst: ${significant(lateRequests)} late requests in ${length} from ${isoFromMs(startMs)} on`,
    '',
  ];
}

function points(difference: number): string {
  const text = significant(100 * difference);
  return difference > 0 ? `+${text}` : text;
}

export function requirementText(verdict: RequirementVerdict): string {
  const figures = `${significant(verdict.valueFigure)} against ${significant(verdict.limitFigure)}`;
  return `${verdict.kind}: ${verdict.text} (${figures})`;
}
