import { COLUMNS, ADVICE_TEXTS, cells, comparedLines, requirementText } from './text.ts';
import type { ReplayReport } from './json.ts';

/** A summary for a pull request. */
export function replayMarkdown(report: ReplayReport): string {
  const { recording, comparison, verdict } = report;
  const rows = [COLUMNS, COLUMNS.map(() => '---'), ...comparison.policies.map((one) => cells(one, report))];
  return [
    `### prescale replay: ${recording}`,
    '',
    `**${ADVICE_TEXTS[verdict.advice]}**. ${verdict.reasons.join(' ')}`,
    '',
    ...rows.map((row) => `| ${row.join(' | ')} |`),
    '',
    ...comparedLines(report).map((line) => line.replace(/^ {2}/, '- ')),
    '',
    ...report.requirements.map((one) => `- ${requirementText(one)}`),
    '',
  ].join('\n');
}
