import type { ReplayReport } from './json.ts';
import { elasticityTable, equalSloTable, luckTable, resultsTable, type Table } from './tables.ts';
import { ADVICE_TEXTS, requirementText } from './text.ts';

/** A summary for a pull request: the verdict and what each came to, the rest folded away. */
export function replayMarkdown(report: ReplayReport): string {
  const { recording, verdict, requirements } = report;
  return [
    `### prescale replay: ${recording}`,
    '',
    `**${ADVICE_TEXTS[verdict.advice]}**. ${verdict.reasons.join(' ')}`,
    '',
    ...requirements.map((one) => `- ${requirementText(one)}`),
    ...(requirements.length > 0 ? [''] : []),
    ...tableLines(resultsTable(report)),
    '',
    ...[equalSloTable(report), luckTable(report), elasticityTable(report)].flatMap(folded),
  ].join('\n');
}

function folded(table: Table): string[] {
  if (table.rows.length === 0) return [];
  return ['<details>', `<summary>${table.title}</summary>`, '', ...tableLines(table), '', '</details>', ''];
}

function tableLines({ textColumns, header, rows }: Table): string[] {
  const rule = header.map((_, i) => (i < textColumns ? '---' : '---:'));
  return [header, rule, ...rows].map((row) => `| ${row.join(' | ')} |`);
}
