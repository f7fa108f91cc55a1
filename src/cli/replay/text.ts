import { isoFromMs } from '../../domain/clock.ts';
import { durationFromSeconds } from '../../domain/duration.ts';
import { significant } from '../../domain/figures.ts';
import { PRESCALE, type Comparison } from '../../replay/compare.ts';
import type { RequirementVerdict } from '../../replay/requirement.ts';
import type { Advice } from '../../replay/verdict.ts';
import type { ReplayReport } from './json.ts';
import { countText } from './reader-figures.ts';
import { simulatedLines } from './simulated-requests.ts';
import { elasticityTable, equalSloTable, luckTable, resultsTable, type Table } from './tables.ts';

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
    ...tableLines(resultsTable(report)),
    '',
    ...titled(elasticityTable(report)),
    ...titled(equalSloTable(report)),
    ...titled(luckTable(report)),
    ...simulatedLines(report.requests, comparison.policies),
    ...worstLines(comparison),
    `verdict: ${ADVICE_TEXTS[verdict.advice]}`,
    ...verdict.reasons.map((reason) => `  ${reason}`),
    ...report.requirements.map(requirementText),
  ];
  return `${lines.join('\n')}\n`;
}

function titled(table: Table): string[] {
  if (table.rows.length === 0) return [];
  return [`${table.title}:`, ...tableLines(table).map((line) => `  ${line}`), ''];
}

function tableLines({ textColumns, header, rows }: Table): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) =>
    row
      .map((cell, i) => (i < textColumns ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('  ')
      .trimEnd(),
  );
}

/** When prescale was at its worst. */
function worstLines({ policies }: Comparison): string[] {
  const worst = policies.find(({ name }) => name === PRESCALE)?.worstEpisode;
  if (worst === undefined) return ['prescale was never in violation', ''];
  const { startMs, seconds, lateRequests } = worst;
  const length = durationFromSeconds(seconds);
  return [
    `prescale at its worst: ${countText(lateRequests)} late requests in ${length} from ${isoFromMs(startMs)} on`,
    '',
  ];
}

export function requirementText(verdict: RequirementVerdict): string {
  const figures = `${significant(verdict.valueFigure)} against ${significant(verdict.limitFigure)}`;
  return `${verdict.kind}: ${verdict.text} (${figures})`;
}
