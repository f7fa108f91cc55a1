/**
 * Plays the controller on recordings in the referee's physics, has the referee score the plans, and prints both:
 *
 *   npm run bench:replay -- [--traces DIR] [--only NAME,…] [--startup 60,180,600] [--results FILE] [--json FILE]
 *
 * The referee (python3 with numpy, better with numba) is an independent simulation with its own baselines.
 * `--results` is what its `baselines --out` wrote; made, and kept there, where the file is not there yet. For each
 * recording and start-up time one row: lateness and replica-hours here and there, and how much of what the
 * best-tuned HPA, and the best reactive rule, pay over the oracle the plan saves. One policy for all recordings.
 * Each recording is also played with all rows from six hours into the scored part on altered (the referee's `mask`):
 * up to there the plan must be the same. Exit 1 where it is not, or where the two simulations differ by more than 10 %
 * in lateness or 1 % in replica-hours.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { createForecastsInTurn, createScoredForecasts } from '../../../src/replay/forecasts-in-turn.ts';
import type { ReplayWorld } from '../../../src/replay/play.ts';
import type { RunScore } from '../../../src/replay/score.ts';
import { askReferee, namesAsked, REFEREE_OPTIONS } from './ask-referee.ts';
import { MARKS_POLICY } from './marks-policy.ts';
import { scorePlan, type PlanScore } from './plan-score.ts';
import { playedPlan, type PlayedPlan } from './played-plan.ts';
import { refereePolicy, refereeRows, refereeWorld } from './referee-world.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  ...REFEREE_OPTIONS,
  startup: { type: 'string', default: '60,180,600' },
  results: { type: 'string' },
  json: { type: 'string' },
});

const SEASONAL = [
  'wc98_may_1m',
  'wc98_june_1m',
  'nasa_jul95_1m',
  'nasa_aug95_1m',
  'twitter_prod_1980_1m',
  'bank_calls_2003_5m',
];
const MOST_LATE_DIFFERENCE = 0.1;
const MOST_HOURS_DIFFERENCE = 0.01;

interface Row extends PlanScore {
  readonly recording: string;
  readonly startupSeconds: number;
  readonly own: RunScore;
}

const folder = mkdtempSync(join(tmpdir(), 'replay-marks-'));
const results = flags.results ?? join(folder, 'baselines.csv');
const names = namesAsked(flags);
const startups = flags.startup.split(',').map(Number);
const traceOf = (name: string): string => join(flags.traces, `${name}.csv`);
if (!existsSync(results))
  referee(['baselines', '--trace', names.map(traceOf).join(','), '--delay', flags.startup, '--out', results]);

const network = await shippedNetwork();
const rows: Row[] = [];
const peeking: string[] = [];
console.log(
  'recording start-up | late % here, there | replica-hours here, there | x oracle | x hpa | gap hpa | gap best reactive',
);
for (const name of names) for (const row of await playOne(name)) tell(row);
summarise();
rmSync(folder, { recursive: true });
if (flags.json !== undefined) writeFileSync(flags.json, JSON.stringify(rows, undefined, 1));
console.log(`plans that peek: ${peeking.join(', ') || 'none'}`);
process.exitCode = rows.some(differs) || peeking.length > 0 ? 1 : 0;

async function playOne(name: string): Promise<Row[]> {
  const recording = await loadRecording(traceOf(name));
  const history = refereeRows(recording.columns.arrivalRate);
  const forecasts = new Map<number, Forecasts>();
  return startups.map((startupSeconds) => {
    const { plan, own } = played(history, startupSeconds, forecasts);
    if (peeks(history, startupSeconds, plan)) peeking.push(`${name} ${startupSeconds}`);
    const { python, referee: refereeFile } = flags;
    const planFile = join(folder, `${name}.${startupSeconds}.csv`);
    const asked = { python, referee: refereeFile, traceFile: traceOf(name), startupSeconds, results };
    const score = scorePlan({ ...asked, planFile, plan });
    return { recording: name, startupSeconds, own, ...score };
  });
}

/**
 * Whether the plan changes up to an instant, six hours into the scored part, with what comes after it: as `mask` does,
 * the later rows are put in reverse order, gaps staying where they are (where there are rows is when it is played).
 * Played to an hour after it: what comes then cannot matter to what is compared.
 */
function peeks(history: TimeSeries, startupSeconds: number, plan: readonly string[]): boolean {
  const { stepSeconds, values } = history;
  const { path, window } = refereeWorld(history, refereePolicy(stepSeconds, startupSeconds, MARKS_POLICY));
  const maskedFrom = Math.floor(window.fromStep / path.stepsPerRow) + Math.round((6 * 3600) / stepSeconds);
  const altered = values.slice();
  const later = values.slice(maskedFrom).filter((rate) => !Number.isNaN(rate));
  for (let row = maskedFrom, next = later.length - 1; row < altered.length; row += 1)
    if (!Number.isNaN(altered[row])) altered[row] = later[next--];
  const until = maskedFrom + Math.round(3600 / stepSeconds);
  const cut = { ...history, values: altered };
  const before = (rows: readonly string[]): string[] =>
    rows.filter(
      (row) => Date.parse(row.split(',')[0]) <= history.startAtMs + maskedFrom * stepSeconds * 1000,
    );
  const { plan: other } = played(cut, startupSeconds, new Map(), until);
  return before(plan).join() !== before(other).join();
}

/** By slot; each is asked for in order once. */
type Forecasts = ReturnType<typeof createForecastsInTurn>;

/**
 * What is forecast depends on the horizon alone (but for the confidence): start-up times that need the same one share it.
 * Who leads depends on how far a decision looks, and is found for each.
 */
function played(
  history: TimeSeries,
  startupSeconds: number,
  forecasts: Map<number, Forecasts>,
  untilRow = Infinity,
): PlayedPlan {
  const policy = refereePolicy(history.stepSeconds, startupSeconds, MARKS_POLICY);
  const world = cutWorld(refereeWorld(history, policy), untilRow);
  const tickSeconds = world.physics.stepSeconds;
  const needed = 30 + startupSeconds + tickSeconds + 2 * history.stepSeconds;
  const horizon = Math.ceil(Math.max(policy.forecast.horizonSeconds, needed) / history.stepSeconds);
  const chain = createForecastChain(createModels(network));
  const made =
    forecasts.get(horizon) ?? allKept(createForecastsInTurn({ chain, history, policy, tickSeconds }));
  forecasts.set(horizon, made);
  const forecastAt = createScoredForecasts({ history, policy, tickSeconds }, made);
  return playedPlan(world, { history, forecastAt });
}

function allKept(forecastAt: Forecasts): Forecasts {
  const kept = new Map<number, ReturnType<Forecasts>>();
  return (slot) => {
    const forecast = kept.get(slot) ?? forecastAt(slot);
    kept.set(slot, forecast);
    return forecast;
  };
}

/** The world ends where the row begins. */
function cutWorld(world: ReplayWorld, untilRow: number): ReplayWorld {
  const { path } = world;
  return { ...world, path: { ...path, steps: Math.min(path.steps, untilRow * path.stepsPerRow) } };
}

function referee(args: readonly string[]): string {
  return askReferee(flags.python, [flags.referee, ...args]);
}

function differs({ own, latePercent, replicaHours }: Row): boolean {
  return (
    Math.abs((100 * own.sloViolationRatio) / latePercent - 1) > MOST_LATE_DIFFERENCE ||
    Math.abs(own.replicaHours / replicaHours - 1) > MOST_HOURS_DIFFERENCE
  );
}

function tell(row: Row): void {
  rows.push(row);
  const { own } = row;
  const figures = [
    `${(100 * own.sloViolationRatio).toFixed(3)} ${row.latePercent.toFixed(3)}`,
    `${own.replicaHours.toFixed(0)} ${row.replicaHours.toFixed(0)}`,
    ...[row.overOracle, row.overHpa, row.gapHpa, row.gapReactive].map((value) => value?.toFixed(3) ?? '-'),
  ];
  const warning = differs(row) ? '  DIFFERS' : '';
  console.log(`${row.recording} ${row.startupSeconds} | ${figures.join(' | ')}${warning}`);
}

function summarise(): void {
  for (const startupSeconds of startups) {
    const seasonal = rows.filter(
      (row) => row.startupSeconds === startupSeconds && SEASONAL.includes(row.recording),
    );
    const others = rows.filter(
      (row) => row.startupSeconds === startupSeconds && !SEASONAL.includes(row.recording),
    );
    const late = seasonal.filter(({ latePercent }) => latePercent > 1).map(({ recording }) => recording);
    const dear = others.filter(({ overHpa }) => (overHpa ?? 0) > 1.05).map(({ recording }) => recording);
    console.log(
      `start-up ${startupSeconds} s: median gap hpa ${median(seasonal.map(({ gapHpa }) => gapHpa))}, best reactive ${median(
        seasonal.map(({ gapReactive }) => gapReactive),
      )}; above 1 % late: ${late.join(', ') || 'none'}; of ${others.length} others above 1.05 x HPA: ${dear.join(', ') || 'none'}`,
    );
  }
}

/** With how many of them are defined. */
function median(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return 'undefined';
  const middle = (known[(known.length - 1) >> 1] + known[known.length >> 1]) / 2;
  return `${middle.toFixed(3)} (${known.length} of ${values.length} defined)`;
}
