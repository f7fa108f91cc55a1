/**
 * What holds the controller back on a recording: the same policy with one part taken away or made perfect, each scored
 * by the referee at its own lateness:
 *
 *   npx tsx test/bench/replay/ablation.ts --only NAME,… [--startup 60,180,600] [--results FILE] [--python PYTHON]
 *
 * For each recording, start-up time and part one row: lateness, replica-hours, these over the oracle's, and how much of
 * what the best-tuned HPA, and the best reactive rule, pay over the oracle is saved. Forecasts are made once.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { createForecastsInTurn, createScoredForecasts } from '../../../src/replay/forecasts-in-turn.ts';
import { ABLATIONS, type Ablation, type ForecastAt } from './ablations.ts';
import { askReferee, namesAsked, REFEREE_OPTIONS } from './ask-referee.ts';
import { MARKS_POLICY } from './marks-policy.ts';
import { scorePlan } from './plan-score.ts';
import { playedPlan } from './played-plan.ts';
import { refereePolicy, refereeRows, refereeWorld } from './referee-world.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  ...REFEREE_OPTIONS,
  startup: { type: 'string', default: '60,180,600' },
  results: { type: 'string' },
});

const folder = mkdtempSync(join(tmpdir(), 'replay-ablation-'));
const results = flags.results ?? join(folder, 'baselines.csv');
const names = namesAsked(flags);
const startups = flags.startup.split(',').map(Number);
const traceOf = (name: string): string => join(flags.traces, `${name}.csv`);
if (!existsSync(results))
  askReferee(flags.python, [
    flags.referee,
    'baselines',
    ...['--trace', names.map(traceOf).join(','), '--delay', flags.startup, '--out', results],
  ]);

const network = await shippedNetwork();
console.log('recording start-up part | late % | replica-hours | x oracle | gap hpa | gap best reactive');
for (const name of names) {
  const { columns } = await loadRecording(traceOf(name));
  const history = refereeRows(columns.arrivalRate);
  const forecastAt = forecastsOf(history);
  for (const startupSeconds of startups)
    for (const ablation of ABLATIONS)
      tell(name, {
        startupSeconds,
        part: ablation.part,
        plan: planOf(startupSeconds, ablation, { history, forecastAt }),
      });
}
rmSync(folder, { recursive: true });

/** For the longest of the start-up times: a decision looks no further than it has to. */
function forecastsOf(history: TimeSeries): ForecastAt {
  const policy = refereePolicy(history.stepSeconds, Math.max(...startups), MARKS_POLICY);
  const { stepSeconds: tickSeconds } = refereeWorld(history, policy).physics;
  const chain = createForecastChain(createModels(network));
  return createScoredForecasts(
    { history, policy, tickSeconds },
    createForecastsInTurn({ chain, history, policy, tickSeconds }),
  );
}

interface Planned {
  readonly startupSeconds: number;
  readonly part: string;
  readonly plan: readonly string[];
}

function tell(name: string, { startupSeconds, part, plan }: Planned): void {
  const { python, referee } = flags;
  const planFile = join(folder, 'plan.csv');
  const asked = { python, referee, traceFile: traceOf(name), startupSeconds, results };
  const score = scorePlan({ ...asked, planFile, plan });
  const figures = [score.overOracle, score.gapHpa, score.gapReactive].map(
    (figure) => figure?.toFixed(3) ?? '-',
  );
  console.log(
    `${name} ${startupSeconds} ${part} | ${score.latePercent.toFixed(3)} | ${score.replicaHours.toFixed(0)} | ${figures.join(' | ')}`,
  );
}

function planOf(
  startupSeconds: number,
  { policy: changed, forecasts }: Ablation,
  { history, forecastAt }: { readonly history: TimeSeries; readonly forecastAt: ForecastAt },
): readonly string[] {
  const policy = refereePolicy(history.stepSeconds, startupSeconds, { ...MARKS_POLICY, ...changed });
  const told = forecasts ? forecasts(forecastAt, history) : forecastAt;
  return playedPlan(refereeWorld(history, policy), { history, forecastAt: told }).plan;
}
