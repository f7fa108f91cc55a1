/** One self-contained file: nothing is fetched, everything is in it. */
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { isoFromMs } from '../../../domain/clock.ts';
import { durationFromSeconds } from '../../../domain/duration.ts';
import { rateText, replicasText } from '../../../domain/figures.ts';
import type { Decision } from '../../../domain/decision.ts';
import { sentence } from '../../../explain/sentence.ts';
import { PRESCALE, pointOf } from '../../../replay/compare.ts';
import { excessFrom } from '../../../replay/frontier.ts';
import type { WorstMinute } from '../../../replay/worst-minutes.ts';
import type { ReplayReport } from '../json.ts';
import { countText } from '../reader-figures.ts';
import { elasticityTable, equalSloTable, luckTable, resultsTable, type Table } from '../tables.ts';
import { ADVICE_TEXTS, requirementText } from '../text.ts';
import { CLIENT_SCRIPT } from './client-script.ts';
import { escapeHtml, scriptJson } from './escape-html.ts';
import { frontierPlot } from './frontier-plot.ts';
import type { PageData } from './page-data.ts';
import { policyNotes } from './policy-notes.ts';

export interface PageInput {
  readonly report: ReplayReport;
  readonly data: PageData;
  readonly worst: readonly WorstMinute[];
  /** Name and value of everything that the result depends on. */
  readonly settings: readonly (readonly [string, string])[];
}

const STYLE = `
body { font: 15px/1.45 system-ui, sans-serif; margin: 16px; color: #222; max-width: 1132px; }
table { border-collapse: collapse; } td, th { padding: 3px 9px; text-align: right; border-bottom: 1px solid #ddd; }
.text, .settings td { text-align: left; } .settings td { overflow-wrap: anywhere; vertical-align: top; }
.settings td:first-child { white-space: nowrap; } tr.own { background: #fff3e0; font-weight: 600; }
.verdict { padding: 10px 14px; border-left: 6px solid #888; background: #f6f6f6; } .Enable { border-color: #3ca951; }
.EnableAsFloor { border-color: #efb118; } .DoNotEnable { border-color: #d62728; }
svg { max-width: 820px; } svg text { font-size: 12px; } circle.own { fill: #d62728; }
.scroll { overflow-x: auto; } .scroll td { white-space: nowrap; } summary { cursor: pointer; margin: 8px 0; }
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
    ...chartPart(report, data),
    ...closerPart(report),
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
  const { verdict, requirements, comparison } = report;
  const names = comparison.policies.map(({ name }) => name);
  return [
    `<div class="verdict ${verdict.advice}"><strong>${ADVICE_TEXTS[verdict.advice]}</strong>`,
    ...verdict.reasons.map((reason) => `<br>${escapeHtml(reason)}`),
    ...requirements.map((one) => `<br>${escapeHtml(requirementText(one))}`),
    '</div><h2>All policies</h2>',
    ...tablePart(resultsTable(report)),
    '<details><summary>Who is who</summary><table class="settings">',
    ...pairRows(policyNotes(names)),
    '</table></details>',
    ...titledPart(equalSloTable(report)),
  ];
}

/** What is asked for by who has read the verdict and does not believe it. */
function closerPart(report: ReplayReport): string[] {
  return [luckTable(report), elasticityTable(report)].flatMap(titledPart);
}

function titledPart(table: Table): string[] {
  if (table.rows.length === 0) return [];
  const title = table.title.charAt(0).toUpperCase() + table.title.slice(1);
  return [`<p><strong>${escapeHtml(title)}</strong></p>`, ...tablePart(table)];
}

function tablePart({ textColumns, header, rows }: Table): string[] {
  const cells = (tag: string, row: readonly string[]): string =>
    row
      .map((cell, i) => `<${tag}${i < textColumns ? ' class="text"' : ''}>${escapeHtml(cell)}</${tag}>`)
      .join('');
  return [
    `<div class="scroll"><table><tr>${cells('th', header)}</tr>`,
    ...rows.map((row) => `<tr${row[0] === PRESCALE ? ' class="own"' : ''}>${cells('td', row)}</tr>`),
    '</table></div>',
  ];
}

function pairRows(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.map(([name, value]) => `<tr><td>${escapeHtml(name)}</td><td>${escapeHtml(value)}</td></tr>`);
}

function chartPart({ comparison, objectiveRatio }: ReplayReport, { bucketSeconds }: PageData): string[] {
  const { policies, frontiers, floorRatio } = comparison;
  const own = policies.find(({ name }) => name === PRESCALE);
  const families = [...frontiers].map(([name, points]) => ({ name, points }));
  const allowedExcessRatio = excessFrom(1 - objectiveRatio, floorRatio);
  const frontier = own && frontierPlot({ own: pointOf(own.score, floorRatio), allowedExcessRatio, families });
  return [
    '<h2>Course</h2><p>Drag to zoom, double-click to see all; click a name to show or hide it. Times are UTC.</p>',
    '<h3>Load</h3><div id="load"></div><h3>Ready replicas</h3><div id="replicas"></div>',
    `<h3>Late requests in each ${durationFromSeconds(bucketSeconds)}</h3><div id="late"></div>`,
    '<h2>What lateness costs</h2><p>Each line is one kind of autoscaler over all its settings: the further down and to the left, the better.</p>',
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
  const what = `${countText(lateRequests)} late requests at ${rateText(rateRps)} with ${replicasText(readyReplicas)} ready`;
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
  return ['<h2>Settings</h2><table class="settings">', ...pairRows(settings), '</table>'];
}
