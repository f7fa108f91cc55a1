/** One self-contained file: nothing is fetched, everything is in it. */
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { isoFromMs } from '../../../domain/clock.ts';
import { rateText, replicasText, significant } from '../../../domain/figures.ts';
import type { Decision } from '../../../domain/decision.ts';
import { sentence } from '../../../explain/sentence.ts';
import { PRESCALE, pointOf } from '../../../replay/compare.ts';
import type { WorstMinute } from '../../../replay/worst-minutes.ts';
import type { ReplayReport } from '../json.ts';
import { ADVICE_TEXTS, cells, COLUMNS, comparedLines, requirementText } from '../text.ts';
import { CLIENT_SCRIPT } from './client-script.ts';
import { escapeHtml, scriptJson } from './escape-html.ts';
import { frontierPlot } from './frontier-plot.ts';
import type { PageData } from './page-data.ts';

export interface PageInput {
  readonly report: ReplayReport;
  readonly data: PageData;
  readonly worst: readonly WorstMinute[];
  /** Name and value of everything that the result depends on. */
  readonly settings: readonly (readonly [string, string])[];
}

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 16px; color: #222; }
table { border-collapse: collapse; } td, th { padding: 3px 9px; text-align: right; border-bottom: 1px solid #ddd; }
td:first-child, th:first-child, td:nth-child(2) { text-align: left; } tr.own { background: #fff3e0; font-weight: 600; }
.verdict { padding: 10px 14px; border-left: 6px solid #888; background: #f6f6f6; } .Enable { border-color: #3ca951; }
.EnableAsFloor { border-color: #efb118; } .DoNotEnable { border-color: #d62728; } svg text { font-size: 12px; } .own { fill: #d62728; }
svg { max-width: 820px; } .scroll { overflow-x: auto; } pre { white-space: pre-wrap; }
`;

export async function replayPage(input: PageInput): Promise<string> {
  const [script, style] = await Promise.all([
    asset('uplot/dist/uPlot.iife.min.js'),
    asset('uplot/dist/uPlot.min.css'),
  ]);
  const { report, data } = input;
  const title = `prescale replay: ${escapeHtml(report.recording)}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">`,
    `<title>${title}</title><style>${style}${STYLE}</style></head><body><h1>${title}</h1>`,
    ...verdictPart(report),
    ...chartPart(report),
    ...worstPart(input.worst),
    ...settingsPart(input.settings),
    `<script id="data" type="application/json">${scriptJson(data)}</script>`,
    `<script>${script}</script><script>${CLIENT_SCRIPT}</script></body></html>`,
  ].join('\n');
}

function asset(path: string): Promise<string> {
  return readFile(createRequire(import.meta.url).resolve(path), 'utf8');
}

function verdictPart(report: ReplayReport): string[] {
  const { verdict, comparison, requirements } = report;
  const rows = comparison.policies.map((policy) => {
    const row = cells(policy, report).map((cell) => `<td>${escapeHtml(cell)}</td>`);
    return `<tr${policy.name === PRESCALE ? ' class="own"' : ''}>${row.join('')}</tr>`;
  });
  return [
    `<div class="verdict ${verdict.advice}"><strong>${ADVICE_TEXTS[verdict.advice]}</strong>`,
    ...verdict.reasons.map((reason) => `<br>${escapeHtml(reason)}`),
    ...requirements.map((one) => `<br>${escapeHtml(requirementText(one))}`),
    '</div><h2>All policies</h2><div class="scroll"><table><tr>',
    ...COLUMNS.map((column) => `<th>${column}</th>`),
    `</tr>${rows.join('')}</table></div>`,
    `<pre>${escapeHtml(comparedLines(report).join('\n'))}</pre>`,
  ];
}

function chartPart({ comparison }: ReplayReport): string[] {
  const own = comparison.policies.find(({ name }) => name === PRESCALE);
  const families = [...comparison.frontiers].map(([name, points]) => ({ name, points }));
  const frontier = own && frontierPlot(pointOf(own.score, comparison.floorRatio), families);
  return [
    '<h2>Course</h2><p>Drag to zoom, double-click to see all; click a name to show or hide it.</p>',
    '<h3>Load</h3><div id="load"></div><h3>Ready replicas</h3><div id="replicas"></div>',
    '<h3>Late requests</h3><div id="late"></div>',
    '<h2>What lateness costs</h2>',
    frontier ?? '',
    '<h2>Forecast against what came</h2><p>As forecast a lead time before: what was decided on.</p><div id="fan"></div>',
  ];
}

function worstPart(worst: readonly WorstMinute[]): string[] {
  if (worst.length === 0) return ['<h2>The worst minutes</h2><p>No request was late.</p>'];
  return ['<h2>The worst minutes</h2><ol>', ...worst.map(worstMinute), '</ol>'];
}

function worstMinute(minute: WorstMinute): string {
  const { startMs, lateRequests, rateRps, readyReplicas, inTime, decisions } = minute;
  const explained = [
    ...(inTime === undefined ? [] : [`<li>In time for it, ${decisionText(inTime)}</li>`]),
    ...decisions.filter(tellsMore).map((decision) => `<li>${decisionText(decision)}</li>`),
  ];
  const what = `${significant(lateRequests)} late requests at ${rateText(rateRps)} with ${replicasText(readyReplicas)} ready`;
  return `<li><strong>${isoFromMs(startMs)}</strong>: ${what}.<ul>${explained.join('')}</ul></li>`;
}

function decisionText(decision: Decision): string {
  return `${isoFromMs(decision.decidedAtMs)} ${escapeHtml(sentence(decision))}`;
}

/** Decisions for the same reasons are told once. */
function tellsMore(decision: Decision, i: number, all: readonly Decision[]): boolean {
  return i === 0 || sentence(decision) !== sentence(all[i - 1]);
}

function settingsPart(settings: PageInput['settings']): string[] {
  const rows = settings.map(
    ([name, value]) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(value)}</td></tr>`,
  );
  return ['<h2>Settings</h2><table>', ...rows, '</table>'];
}
