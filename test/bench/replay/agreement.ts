/**
 * Plays the reactive baselines and the controller on recordings in the referee's physics, has the referee play its own
 * baselines and the controller's plan, and compares:
 *
 *   npm run bench:replay:agreement -- [--traces DIR] [--only NAME,…] [--startup 180] [--targets 0.5,0.7,0.9]
 *
 * The referee (python3 with numpy, better with numba) is an independent simulation. One line for each recording and
 * start-up time: how far replica-hours, and the lateness of HPA and the controller, are from the referee's at the target
 * where they are furthest. Exit 1 where replica-hours differ by more than 1 % (HPA and the controller) or 2 % (KEDA,
 * Knative and the fast reactive rule), or that lateness by more than 10 %. The controller's targets are objectives, and it
 * forecasts with the moving average: what is compared is the world, not the forecast.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { createModels } from '../../../src/forecast/create-models.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import type { ReplayAutoscaler } from '../../../src/replay/autoscaler.ts';
import { createFastReactive } from '../../../src/replay/baselines/fast-reactive.ts';
import { createHpa } from '../../../src/replay/baselines/hpa.ts';
import { createKeda } from '../../../src/replay/baselines/keda.ts';
import { createKnative } from '../../../src/replay/baselines/knative.ts';
import { createForecastsInTurn, createScoredForecasts } from '../../../src/replay/forecasts-in-turn.ts';
import { planCsv } from '../../../src/replay/plan-rows.ts';
import { playAll } from '../../../src/replay/play.ts';
import { addTallies, scoreOf } from '../../../src/replay/score.ts';
import { askReferee, namesAsked, REFEREE_OPTIONS } from './ask-referee.ts';
import { playedPlan } from './played-plan.ts';
import { refereePolicy, refereeRows, refereeWorld } from './referee-world.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  ...REFEREE_OPTIONS,
  startup: { type: 'string', default: '180' },
  targets: { type: 'string', default: '0.5,0.7,0.9' },
});

interface Score {
  readonly replicaHours: number;
  readonly lateRatio: number;
}

type Rule = { readonly targetRatio: number; readonly targetRps: number };
const scaleDownWindowSeconds = 300;
/** The referee measures HPA's utilization exactly, which a `Utilization` of whole percents is not. */
const BASELINES: Readonly<Record<string, (rule: Rule) => ReplayAutoscaler>> = {
  hpa: ({ targetRatio }) =>
    createHpa('hpa', { target: { type: 'AverageValue', ratio: targetRatio }, scaleDownWindowSeconds }),
  keda: ({ targetRps }) => createKeda('keda', { targetRps, scaleDownWindowSeconds }),
  knative: ({ targetRps }) => createKnative('knative', { targetRps }),
  'fast-reactive': ({ targetRps }) =>
    createFastReactive('fast-reactive', { targetRps, scaleDownWindowSeconds }),
};
const CONTROLLER = 'prescale';
const NAMES = [...Object.keys(BASELINES), CONTROLLER];
/** Of requests in time; 0.674 % are late whatever the count. */
const OBJECTIVE_RATIOS = [0.97, 0.98, 0.99];
const MOST_HOURS_RATIO: Readonly<Record<string, number>> = {
  [CONTROLLER]: 0.01,
  hpa: 0.01,
  keda: 0.02,
  knative: 0.02,
  'fast-reactive': 0.02,
};
/** Of HPA and the controller. */
const MOST_LATE_RATIO = 0.1;

/** The referee's own loop, policies and scores, at the targets asked for, and of the plans, and nothing else. */
const ASK_REFEREE = `
import sys, json
sys.path.insert(0, sys.argv[1])
import numpy as np, closed_loop_referee as r
trace, delays, targets, plans = sys.argv[2], *map(json.loads, sys.argv[3:])
tr = r.Trace(trace)
reactive = object.__new__(r.Predictive)
reactive.now = np.full(tr.N, np.nan); reactive.now[r.LAG:] = tr.lam[:-r.LAG]; reactive.hold = np.isnan(reactive.now)
out = []
def told(D, target, name, res):
    s = r.score(tr, res)
    out.append(dict(startupSeconds=D, target=target, policy=name, replicaHours=s['replica_hours'], lateRatio=s['late_pct']/100))
for p in plans:
    told(p['startupSeconds'], p['target'], 'prescale', r.run(tr, p['startupSeconds'], r.PLAN, (0, 1, 0, 0), r.read_plan(p['file'], tr)))
for D in delays:
    for U in targets:
        runs = {'hpa': r.run(tr, D, r.HPA, (U, 20, 0.1, 2)), 'keda': r.run(tr, D, r.KEDA, (U, 20, 0.1, 2)),
                'knative': r.run(tr, D, r.KPA, (U, 1, 0, 2)), 'fast-reactive': r.run(tr, D, r.PLAN, (0, 20, 0, 0), reactive.reactive(U))}
        for name, res in runs.items(): told(D, U, name, res)
print(json.dumps(out))
`;

interface RefereeScore extends Score {
  readonly startupSeconds: number;
  readonly target: number;
  readonly policy: string;
}

interface Difference {
  readonly hoursRatio: number;
  readonly lateRatio: number;
}

/** The controller at one of its targets. */
interface Planned {
  readonly startupSeconds: number;
  readonly target: number;
  readonly file: string;
  readonly score: Score;
}

const folder = mkdtempSync(join(tmpdir(), 'replay-agreement-'));
const names = namesAsked(flags);
const startups = flags.startup.split(',').map(Number);
const targets = flags.targets.split(',').map(Number);
let failures = 0;
console.log(
  `targets ${flags.targets}, objectives ${OBJECTIVE_RATIOS.join(',')}; differences in replica-hours of ${NAMES.join(', ')}`,
);
for (const name of names) await compareOn(name);
rmSync(folder, { recursive: true });
console.log(failures === 0 ? 'all agree' : `${failures} do not agree`);
process.exitCode = failures === 0 ? 0 : 1;

async function compareOn(name: string): Promise<void> {
  const file = join(flags.traces, `${name}.csv`);
  const { columns } = await loadRecording(file);
  const rows = refereeRows(columns.arrivalRate);
  const plans = plannedOn(rows);
  const theirs = theirScores(file, plans);
  for (const startupSeconds of startups) {
    const ours = played(rows, startupSeconds);
    for (const { target, score, startupSeconds: at } of plans)
      if (at === startupSeconds) ours.set(`${CONTROLLER} ${target}`, score);
    const worst = NAMES.map((policy) => {
      const differences = theirs
        .filter((one) => one.startupSeconds === startupSeconds && one.policy === policy)
        .map((their) => differenceOf(ours.get(`${policy} ${their.target}`)!, their));
      failures += differences.filter((difference) => !agrees(policy, difference)).length;
      return { policy, ...furthest(differences) };
    });
    const hours = worst.map(({ hoursRatio }) => percent(hoursRatio)).join('  ');
    const late = worst.filter(({ policy }) => isComparedLate(policy));
    const lateness = late.map(({ policy, lateRatio }) => `${policy} late ${percent(lateRatio)}`).join('  ');
    const flag = worst.every((one) => agrees(one.policy, one)) ? '' : '  DIFFERS';
    console.log(`${name} ${startupSeconds} s | ${hours} | ${lateness}${flag}`);
  }
}

/** Forecasts depend on no target: they are made once, for the longest of the start-up times. */
function plannedOn(history: TimeSeries): Planned[] {
  const chain = createForecastChain(createModels({ missing: 'not used here' }));
  const policyAt = (startupSeconds: number, objectiveRatio: number): Policy =>
    refereePolicy(history.stepSeconds, startupSeconds, {
      cost: { perReplicaHour: null, perViolation: null },
      slo: { objectiveRatio },
      forecast: { models: ['moving-average'] },
    });
  const longest = policyAt(Math.max(...startups), OBJECTIVE_RATIOS[0]);
  const asked = { chain, history, policy: longest, tickSeconds: 15 };
  const forecastAt = createScoredForecasts(asked, createForecastsInTurn(asked));
  return startups.flatMap((startupSeconds) =>
    OBJECTIVE_RATIOS.map((target) => {
      const world = refereeWorld(history, policyAt(startupSeconds, target));
      const { plan, own } = playedPlan(world, { history, forecastAt });
      const file = join(folder, `${startupSeconds}.${target}.csv`);
      writeFileSync(file, planCsv(plan));
      const score = { replicaHours: own.replicaHours, lateRatio: own.sloViolationRatio };
      return { startupSeconds, target, file, score };
    }),
  );
}

function theirScores(trace: string, plans: readonly Planned[]): readonly RefereeScore[] {
  const asked = [startups, targets, plans].map((value) => JSON.stringify(value));
  const args = ['-c', ASK_REFEREE, dirname(flags.referee), trace, ...asked];
  return JSON.parse(askReferee(flags.python, args)) as readonly RefereeScore[];
}

function played(rows: TimeSeries, startupSeconds: number): Map<string, Score> {
  const world = refereeWorld(rows, refereePolicy(rows.stepSeconds, startupSeconds));
  const asked = Object.entries(BASELINES).flatMap(([baseline, create]) =>
    targets.map((target) => ({
      key: `${baseline} ${target}`,
      autoscaler: create({ targetRatio: target, targetRps: target * world.model.serviceRateRps }),
    })),
  );
  const runs = playAll(
    world,
    asked.map(({ autoscaler }) => autoscaler),
  );
  return new Map(
    runs.map(({ tally }, i) => {
      const score = scoreOf(addTallies(tally.days), tally.maxReplicas(), world.policy.cost);
      return [asked[i].key, { replicaHours: score.replicaHours, lateRatio: score.sloViolationRatio }];
    }),
  );
}

function differenceOf(our: Score, their: Score): Difference {
  return {
    hoursRatio: our.replicaHours / their.replicaHours - 1,
    lateRatio: our.lateRatio / their.lateRatio - 1,
  };
}

function furthest(differences: readonly Difference[]): Difference {
  const most = (values: readonly number[]): number =>
    values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
  return {
    hoursRatio: most(differences.map(({ hoursRatio }) => hoursRatio)),
    lateRatio: most(differences.map(({ lateRatio }) => lateRatio)),
  };
}

function agrees(policy: string, { hoursRatio, lateRatio }: Difference): boolean {
  const isPunctualAlike = !isComparedLate(policy) || Math.abs(lateRatio) <= MOST_LATE_RATIO;
  return isPunctualAlike && Math.abs(hoursRatio) <= MOST_HOURS_RATIO[policy];
}

function isComparedLate(policy: string): boolean {
  return policy === 'hpa' || policy === CONTROLLER;
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(3)} %`;
}
