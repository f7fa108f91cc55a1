/**
 * Plays the reactive baselines on recordings in the referee's physics, has the referee play its own, and compares:
 *
 *   npm run bench:replay:agreement -- [--traces DIR] [--only NAME,…] [--startup 180] [--targets 0.5,0.7,0.9]
 *
 * The referee (python3 with numpy, better with numba) is an independent simulation. One line for each recording and
 * start-up time: how far each baseline's replica-hours, and HPA's lateness, are from the referee's at the target where
 * they are furthest. Exit 1 where replica-hours differ by more than 1 % (HPA) or 2 % (KEDA, Knative and the fast reactive
 * rule), or HPA's lateness by more than 10 %.
 */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import type { ReplayAutoscaler } from '../../../src/replay/autoscaler.ts';
import { createFastReactive } from '../../../src/replay/baselines/fast-reactive.ts';
import { createHpa } from '../../../src/replay/baselines/hpa.ts';
import { createKeda } from '../../../src/replay/baselines/keda.ts';
import { createKnative } from '../../../src/replay/baselines/knative.ts';
import { playAll } from '../../../src/replay/play.ts';
import { addTallies, scoreOf } from '../../../src/replay/score.ts';
import { askReferee, namesAsked, REFEREE_OPTIONS } from './ask-referee.ts';
import { refereePolicy, refereeRows, refereeWorld } from './referee-world.ts';

const { values: flags } = parseArgs({
  options: {
    ...REFEREE_OPTIONS,
    startup: { type: 'string', default: '180' },
    targets: { type: 'string', default: '0.5,0.7,0.9' },
  },
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
const MOST_HOURS_RATIO: Readonly<Record<string, number>> = {
  hpa: 0.01,
  keda: 0.02,
  knative: 0.02,
  'fast-reactive': 0.02,
};
const MOST_HPA_LATE_RATIO = 0.1;

/** The referee's own loop, policies and scores, at the targets asked for and nothing else. */
const ASK_REFEREE = `
import sys, json
sys.path.insert(0, sys.argv[1])
import numpy as np, closed_loop_referee as r
trace, delays, targets = sys.argv[2], json.loads(sys.argv[3]), json.loads(sys.argv[4])
tr = r.Trace(trace)
reactive = object.__new__(r.Predictive)
reactive.now = np.full(tr.N, np.nan); reactive.now[r.LAG:] = tr.lam[:-r.LAG]; reactive.hold = np.isnan(reactive.now)
out = []
for D in delays:
    for U in targets:
        runs = {'hpa': r.run(tr, D, r.HPA, (U, 20, 0.1, 2)), 'keda': r.run(tr, D, r.KEDA, (U, 20, 0.1, 2)),
                'knative': r.run(tr, D, r.KPA, (U, 1, 0, 2)), 'fast-reactive': r.run(tr, D, r.PLAN, (0, 20, 0, 0), reactive.reactive(U))}
        for name, res in runs.items():
            s = r.score(tr, res)
            out.append(dict(startupSeconds=D, target=U, baseline=name, replicaHours=s['replica_hours'], lateRatio=s['late_pct']/100))
print(json.dumps(out))
`;

interface RefereeScore extends Score {
  readonly startupSeconds: number;
  readonly target: number;
  readonly baseline: string;
}

interface Difference {
  readonly hoursRatio: number;
  readonly lateRatio: number;
}

const names = namesAsked(flags);
const startups = flags.startup.split(',').map(Number);
const targets = flags.targets.split(',').map(Number);
let failures = 0;
console.log(`targets ${flags.targets}; differences in replica-hours of ${Object.keys(BASELINES).join(', ')}`);
for (const name of names) await compareOn(name);
console.log(failures === 0 ? 'all agree' : `${failures} do not agree`);
process.exitCode = failures === 0 ? 0 : 1;

async function compareOn(name: string): Promise<void> {
  const file = join(flags.traces, `${name}.csv`);
  const { columns } = await loadRecording(file);
  const rows = refereeRows(columns.arrivalRate);
  const theirs = theirScores(file);
  for (const startupSeconds of startups) {
    const ours = played(rows, startupSeconds);
    const worst = Object.keys(BASELINES).map((baseline) => {
      const differences = targets.map((target) => {
        const their = theirs.find(
          (one) =>
            one.startupSeconds === startupSeconds && one.target === target && one.baseline === baseline,
        )!;
        return differenceOf(ours.get(`${baseline} ${target}`)!, their);
      });
      failures += differences.filter((difference) => !agrees(baseline, difference)).length;
      return { baseline, ...furthest(differences) };
    });
    const hours = worst.map(({ hoursRatio }) => percent(hoursRatio)).join('  ');
    const flag = worst.every((one) => agrees(one.baseline, one)) ? '' : '  DIFFERS';
    console.log(`${name} ${startupSeconds} s | ${hours} | hpa late ${percent(worst[0].lateRatio)}${flag}`);
  }
}

function theirScores(trace: string): readonly RefereeScore[] {
  const args = [
    '-c',
    ASK_REFEREE,
    dirname(flags.referee),
    trace,
    JSON.stringify(startups),
    JSON.stringify(targets),
  ];
  return JSON.parse(askReferee(flags.python, args)) as readonly RefereeScore[];
}

function played(rows: TimeSeries, startupSeconds: number): ReadonlyMap<string, Score> {
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

function agrees(baseline: string, { hoursRatio, lateRatio }: Difference): boolean {
  const isPunctualAlike = baseline !== 'hpa' || Math.abs(lateRatio) <= MOST_HPA_LATE_RATIO;
  return isPunctualAlike && Math.abs(hoursRatio) <= MOST_HOURS_RATIO[baseline];
}

function percent(ratio: number): string {
  return `${(100 * ratio).toFixed(3)} %`;
}
