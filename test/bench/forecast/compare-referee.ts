/**
 * Scores every recording of a folder twice, with `prescale evaluate` and with an independent referee that reads the
 * forecasts it wrote, and prints both: the table of accuracy, and the largest difference of any score.
 *
 *   npx tsx test/bench/forecast/compare-referee.ts --traces DIR --referee forecast_referee.py [--model auto] [--python python3]
 *
 * With the referee's table of peers (--peers) each row also tells the ratio to its ridge and to the best peer of the row, and
 * the marks that are missed are named at the end. The referee needs numpy. One-minute recordings are scored at 1 and at 5 minutes. Exit 1 when a score differs.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandFlags } from '../../command-flags.ts';
import { run, writeForecasts } from './write-forecasts.ts';

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  referee: { type: 'string', default: '../shared/referee/forecast_referee.py' },
  model: { type: 'string', default: 'auto' },
  python: { type: 'string', default: 'python3' },
  only: { type: 'string', default: '' },
  peers: { type: 'string', default: '../shared/referee/forecast_peers.csv' },
});

/** Our names of the scores, and the referee's (which rounds to five places). */
const SCORES = {
  maseRatio: 'mase',
  wqlRatio: 'wql',
  coverage90Ratio: 'cover90',
  upper95Ratio: 'upper95',
  within10PercentRatio: 'within10',
  wapeRatio: 'wape',
} as const;
const ROUNDING = 0.000_006;
/** At most so much of the ridge in the geometric mean, and of the best peer of a row. */
const MOST_OF_RIDGE = 0.94;
const MOST_OF_BEST_PEER = 1.1;
const LEAST_UPPER_95 = 0.93;
const ONE_DAY_SECONDS = 2 * 86_400;

type Scores = Record<keyof typeof SCORES, number>;
interface Evaluated {
  readonly recording: string;
  readonly stepSeconds: number;
  readonly origins: number;
  readonly models: Record<string, Scores & { fitSeconds: number; forecastSecondsP50: number }>;
}
type RefereeRow = Record<string, string>;

const folder = mkdtempSync(join(tmpdir(), 'compare-referee-'));
const lines = join(folder, 'forecasts.jsonl');
const files = readdirSync(flags.traces)
  .filter((name) => name.endsWith('.csv') && name.includes(flags.only))
  .sort();

const startedMs = performance.now();
const evaluated = [
  ...evaluate(files, []),
  ...evaluate(
    files.filter((name) => name.endsWith('_1m.csv')),
    ['--step', '5m'],
  ),
];
const seconds = (performance.now() - startedMs) / 1000;
const rows = refereeRows();
const peers = existsSync(flags.peers) ? csvRows(flags.peers) : [];
const missed: string[] = [];
const worst = printTable();
for (const mark of missed) console.log(`missed: ${mark}`);
rmSync(folder, { recursive: true });
process.exitCode = worst > ROUNDING ? 1 : 0;

function evaluate(names: readonly string[], more: readonly string[]): Evaluated[] {
  if (names.length === 0) return [];
  const recordings = names.map((name) => join(flags.traces, name));
  const ran = writeForecasts(lines, { recordings, model: flags.model, more });
  return (JSON.parse(ran) as { recordings: Evaluated[] }).recordings;
}

function refereeRows(): RefereeRow[] {
  const table = join(folder, 'scores.csv');
  run(flags.python, [flags.referee, 'score', lines, '--csv', table]);
  return csvRows(table);
}

/** WQL of the peers of a row, over all its origins. */
function peersOf(one: Evaluated): { readonly ridge: number; readonly best: number } {
  const scores = peers.filter(
    (peer) =>
      peer['recording'] === one.recording &&
      Number(peer['step']) === one.stepSeconds &&
      peer['origin_set'] === 'all',
  );
  const ridge = scores.find((peer) => peer['model'] === 'ridge');
  return { ridge: Number(ridge?.['wql']), best: Math.min(...scores.map((peer) => Number(peer['wql']))) };
}

function csvRows(file: string): RefereeRow[] {
  const [header, ...body] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const names = header.split(',');
  return body.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])));
}

function printTable(): number {
  const ratios: Record<string, { seasonal: number[]; naive: number[]; ridge: number[] }> = {};
  let worst = 0;
  console.log(
    'recording@step                           origins  /s-naive   /naive   /ridge    /best    MASE  in90%  <=q95   ±10%  fit s     ms  difference',
  );
  for (const one of evaluated) {
    const own = one.models[flags.model];
    const row = (model: string): RefereeRow | undefined =>
      rows.find(
        (each) =>
          each['recording'] === one.recording &&
          Number(each['step']) === one.stepSeconds &&
          each['model'] === model,
      );
    const theirs = row('EXTERNAL');
    const difference = differenceOf(one, own, theirs);
    worst = Math.max(worst, difference);
    const wqlOf = (model: string): number => Number(row(model)?.['wql']);
    const seasonal = own.wqlRatio / (wqlOf('snaive_week') || wqlOf('snaive_day'));
    const naive = own.wqlRatio / wqlOf('naive');
    const group = one.origins * 900 * 3 < ONE_DAY_SECONDS ? 'one-day' : 'multi-day';
    const into = (ratios[group] ??= { seasonal: [], naive: [], ridge: [] });
    into.seasonal.push(seasonal);
    into.naive.push(naive);
    const peer = peersOf(one);
    const [ofRidge, ofBest] = [own.wqlRatio / peer.ridge, own.wqlRatio / peer.best];
    if (ofRidge > 0) into.ridge.push(ofRidge);
    const name = `${one.recording}@${one.stepSeconds}`;
    if (group === 'multi-day') noteMisses(name, own, ofBest);
    console.log(
      [
        name.padEnd(40),
        String(one.origins).padStart(7),
        ...[seasonal, naive, ofRidge, ofBest].map((ratio) => ratio.toFixed(3).padStart(8)),
        own.maseRatio.toFixed(3).padStart(7),
        ...[own.coverage90Ratio, own.upper95Ratio, own.within10PercentRatio].map((share) =>
          share.toFixed(3).padStart(6),
        ),
        own.fitSeconds.toFixed(2).padStart(6),
        (own.forecastSecondsP50 * 1000).toFixed(2).padStart(6),
        difference.toExponential(1),
      ].join(' '),
    );
  }
  for (const [group, { seasonal, naive, ridge }] of Object.entries(ratios)) {
    console.log(
      `${group}: ${seasonal.length} rows, geometric mean WQL ${geometricMean(seasonal).toFixed(4)} x seasonal-naive, ${geometricMean(naive).toFixed(4)} x naive, ${geometricMean(ridge).toFixed(4)} x ridge`,
    );
    noteRidge(group, ridge);
  }
  const verdict = worst > ROUNDING ? 'MORE than its rounding' : "within the referee's rounding";
  console.log(
    `largest difference of a score: ${worst.toExponential(2)} (${verdict}); evaluated in ${seconds.toFixed(0)} s`,
  );
  return worst;
}

function noteMisses(name: string, { upper95Ratio }: Scores, ofBest: number): void {
  if (ofBest > MOST_OF_BEST_PEER) missed.push(`${name}: ${ofBest.toFixed(3)} x its best peer`);
  if (upper95Ratio < LEAST_UPPER_95) missed.push(`${name}: upper 95 % covers ${upper95Ratio.toFixed(3)}`);
}

function noteRidge(group: string, ridge: readonly number[]): void {
  if (group === 'multi-day' && geometricMean(ridge) > MOST_OF_RIDGE)
    missed.push(`multi-day rows: ${geometricMean(ridge).toFixed(4)} x ridge, allowed ${MOST_OF_RIDGE}`);
}

function differenceOf(one: Evaluated, own: Scores, theirs: RefereeRow | undefined): number {
  if (theirs === undefined || Number(theirs['n_origins']) !== one.origins) return Infinity;
  const names = Object.entries(SCORES) as [keyof typeof SCORES, string][];
  return Math.max(...names.map(([name, refereeName]) => Math.abs(own[name] - Number(theirs[refereeName]))));
}

function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
