/**
 * What planning costs beside the offline optimum, on every recording of a folder: with the true rates of its horizon,
 * and with our own forecasts. Each recording is scaled as the closed-loop referee does: its mean keeps 14 replicas of
 * one server busy, and 5 service times are the SLO. Rows that are missing are left out.
 *
 *   npx tsx test/bench/size/plan-regret.ts [--traces DIR] [--only NAME] [--steps 3000] [--forecast-steps 0]
 *     [--startup 90]
 *
 * `--steps N`: the last N steps of each recording. `--forecast-steps N`: the last N are played with forecasts as well,
 * by the plan alone and by whole decisions (measured load, guards, no stabilization window). Exit 1 where the true rates
 * cost more than 1.5 times the optimum.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { playTrace, type PlayedTrace } from './play-trace.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  only: { type: 'string', default: '' },
  steps: { type: 'string', default: '3000' },
  'forecast-steps': { type: 'string', default: '0' },
  startup: { type: 'string', default: '90' },
});
const MOST_RATIO = 1.5;

const files = readdirSync(flags.traces).filter((name) => name.endsWith('.csv') && name.includes(flags.only));
console.log('recording'.padEnd(38), ' steps optimum/h true-ratio   | forecast steps, plan, decisions');
const ratios: number[] = [];
for (const file of files.sort()) {
  const recording = await loadRecording(join(flags.traces, file), { onProgress: () => undefined });
  const played = playTrace(recording.columns.arrivalRate, {
    startupSeconds: Number(flags.startup),
    forecastSteps: Number(flags['forecast-steps']),
    steps: Number(flags.steps),
  });
  ratios.push(played.trueRatio);
  console.log(lineOf(recording.name, played));
}
const worst = Math.max(...ratios);
const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
console.log(
  `true rates: geometric mean ${mean.toFixed(3)}, worst ${worst.toFixed(3)} (at most ${MOST_RATIO})`,
);
process.exitCode = worst <= MOST_RATIO ? 0 : 1;

function lineOf(name: string, played: PlayedTrace): string {
  const { steps, optimumPerHour, trueRatio, forecast } = played;
  const told = forecast && [forecast.steps, forecast.planRatio.toFixed(2), forecast.decisionRatio.toFixed(2)];
  return [
    name.padEnd(38),
    String(steps).padStart(6),
    optimumPerHour.toFixed(3).padStart(9),
    trueRatio.toFixed(3).padStart(10),
    told ? `   | ${told.join('  ')}` : '',
  ].join(' ');
}
