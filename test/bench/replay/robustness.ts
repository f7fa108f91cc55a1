/**
 * What a forecast that has gone wrong costs, against the same policy without one:
 *
 *   npx tsx test/bench/replay/robustness.ts [--only NAME,…] [--days 3] [--startup 180] [--model moving-average]
 *
 * The last days of each recording are played after as many before them, in the referee's physics. `cost`: of replicas
 * and late requests over that of the same policy without a forecast (mark 1.1); `overload`: share of requests that came
 * while all were late, less the other's (mark 0). Then crowds of five times the load within a minute are put into the
 * recording, every seven hours: how long after all of it was there the replicas for it are (mark: start-up time, metric
 * delay and a tick; rows of at most a minute). Exit 1 where a mark is missed.
 */
import { join } from 'node:path';
import type { ModelName } from '../../../src/domain/forecast.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { playCrowds } from './crowd.ts';
import { GARBAGE, playGarbage, type GarbageKind } from './garbage.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  only: { type: 'string', default: 'wc98_june_1m,nasa_jul95_1m,twitter_prod_1980_1m,bank_calls_2003_5m' },
  days: { type: 'string', default: '3' },
  startup: { type: 'string', default: '180' },
  model: { type: 'string', default: 'moving-average' },
});
const MOST_COST_RATIO = 1.1;
const LONGEST_ROW_SECONDS = 60;
const SECONDS_PER_DAY = 86_400;
const asked = { startupSeconds: Number(flags.startup), model: flags.model as ModelName };

let missed = 0;
console.log(
  'recording, forecast: cost, replica-hours and late requests over the reactive rule; overload beyond it',
);
for (const name of flags.only.split(',')) {
  const { columns } = await loadRecording(join(flags.traces, `${name}.csv`));
  const rows = lastDays(columns.arrivalRate, 2 * Number(flags.days));
  for (const kind of Object.keys(GARBAGE) as GarbageKind[]) tell(name, kind, rows);
  if (rows.stepSeconds <= LONGEST_ROW_SECONDS) tellCrowds(name, rows);
}
process.exitCode = missed > 0 ? 1 : 0;

function lastDays(series: TimeSeries, days: number): TimeSeries {
  const from = Math.max(0, series.values.length - Math.round((days * SECONDS_PER_DAY) / series.stepSeconds));
  const startAtMs = series.startAtMs + from * series.stepSeconds * 1000;
  return { ...series, startAtMs, values: series.values.subarray(from) };
}

function tell(name: string, kind: GarbageKind, rows: TimeSeries): void {
  const { own, reactive } = playGarbage(rows, kind, asked);
  const costRatio = own.cost.total / reactive.cost.total;
  const overload = own.overloadedRatio - reactive.overloadedRatio;
  const isMissed = kind !== 'none' && (costRatio > MOST_COST_RATIO || overload > 0);
  if (isMissed) missed += 1;
  const figures = [costRatio, own.replicaHours / reactive.replicaHours].map((ratio) => ratio.toFixed(3));
  const late = [own, reactive].map(({ sloViolationRatio }) => `${(100 * sloViolationRatio).toFixed(3)} %`);
  console.log(
    `${name} ${kind}: ${figures.join(' ')} late ${late.join(' / ')} overload ${overload.toExponential(1)}${isMissed ? ' MISSED' : ''}`,
  );
}

function tellCrowds(name: string, rows: TimeSeries): void {
  const crowds = playCrowds(rows, asked);
  const late = crowds.filter(({ coveredAfterSeconds, markSeconds }) => coveredAfterSeconds > markSeconds);
  missed += late.length;
  const slowest = Math.max(...crowds.map(({ coveredAfterSeconds }) => coveredAfterSeconds));
  const which = late.map(({ at, coveredAfterSeconds }) => `${at} after ${coveredAfterSeconds} s`).join(', ');
  console.log(
    `${name} crowd x 5: ${crowds.length - late.length} of ${crowds.length} covered within ${crowds[0]?.markSeconds} s, the slowest after ${slowest} s${which && ` MISSED ${which}`}`,
  );
}
