/**
 * Whether mixing costs anything: the ensemble's mean absolute error over that of each of its experts alone (with the
 * ensemble's own quantiles around it), on every recording of a folder, 15 minutes ahead as `prescale evaluate` has it.
 *
 *   npx tsx test/bench/forecast/single-experts.ts [--traces DIR] [--only wc98,nasa]
 *
 * One-minute recordings are scored at 1 and at 5 minutes. Names the expert that was best in hindsight, tells what the
 * ensemble loses to it, and on which recordings that is more than 1.02 times as much.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { NO_CALENDAR } from '../../../src/cli/evaluate/recorded-series.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';
import { createEnsemble, EXPERTS } from '../../../src/forecast/models/ensemble/ensemble.ts';
import type { ExpertKind } from '../../../src/forecast/models/ensemble/expert.ts';
import { evaluateRolling } from '../../../src/forecast/rolling-origin.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { resample } from '../../../src/observe/resample.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  only: { type: 'string', default: '' },
});
const MOST_RATIO = 1.02;
const ORIGINS_APART_SECONDS = 900;

const files = readdirSync(flags.traces)
  .filter((name) => name.endsWith('.csv') && flags.only.split(',').some((part) => name.includes(part)))
  .sort();
const worse: string[] = [];
let rows = 0;
for (const file of files) {
  const own = (await loadRecording(join(flags.traces, file))).columns.arrivalRate;
  tell(file, own);
  if (own.stepSeconds === 60) tell(file, resample(own, 300));
}
console.log(
  `above ${MOST_RATIO} x the best expert on ${worse.length} of ${rows}: ${worse.join(', ') || 'none'}`,
);

function tell(file: string, series: TimeSeries): void {
  const name = `${file.replace('.csv', '')}@${series.stepSeconds}`;
  const whole = errorRatio(series, EXPERTS);
  const alone = EXPERTS.map((expert) => ({ expert: expert.name, ratio: errorRatio(series, [expert]) }));
  const best = alone.reduce((least, one) => (one.ratio < least.ratio ? one : least));
  rows += 1;
  if (whole > MOST_RATIO * best.ratio) worse.push(name);
  console.log(
    `${name.padEnd(40)} ensemble ${whole.toFixed(4)}, best alone ${best.expert} ${best.ratio.toFixed(4)}: ${(whole / best.ratio).toFixed(3)}`,
  );
}

/** Sum of absolute errors over the sum of what came; Infinity where nothing could be forecast. */
function errorRatio(series: TimeSeries, experts: readonly ExpertKind[]): number {
  const { models } = evaluateRolling(
    {
      series,
      horizonSteps: defaultHorizonSteps(series.stepSeconds),
      strideSlots: Math.max(1, Math.floor(ORIGINS_APART_SECONDS / series.stepSeconds)),
      lookbackSlots: Infinity,
      calendar: NO_CALENDAR,
    },
    {
      models: [createEnsemble(experts)],
      chain: ['ensemble'],
      names: ['ensemble'],
      monotonicMs: () => performance.now(),
    },
  );
  return models.get('ensemble')?.wapeRatio ?? Infinity;
}
