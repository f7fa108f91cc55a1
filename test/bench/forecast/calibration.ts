/**
 * Whether the quantiles and the confidence mean what they say: every recording of a folder is forecast from origins over
 * its last third, and what came is held against what was promised.
 *
 *   npx tsx test/bench/forecast/calibration.ts [--traces DIR] [--only wc98,nasa] [--model ensemble]
 *
 * One-minute recordings are scored at 1 and at 5 minutes. The columns: WQL, mean q95 over mean actual, coverage, the lowest
 * coverage of q95 in any decile of the median, mean confidence, how often the highest rate of the decision's steps held,
 * the share of forecasts with a confidence of 0.8 and more, and how many of these held; last, the share of the requests
 * that came in steps at or below q95. It is below the share of the steps where the steps that are missed are the busy ones.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MEDIAN_INDEX, type ModelName, QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { createModels, DEFAULT_CHAIN } from '../../../src/forecast/create-models.ts';
import { decisionSteps } from '../../../src/forecast/decision-steps.ts';
import { defaultHorizonSteps } from '../../../src/forecast/default-horizon.ts';
import { createForecastChain } from '../../../src/forecast/select-forecast.ts';
import { rollingOrigins } from '../../../src/forecast/rolling-origin.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { resample } from '../../../src/observe/resample.ts';
import { slotStartMs, type TimeSeries } from '../../../src/domain/time-series.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  only: { type: 'string', default: '' },
  model: { type: 'string', default: 'auto' },
});

const ONE_DAY_SECONDS = 2 * 86_400;
const LEVELS = [0.9, 0.95, 0.99] as const;
const DECILES = 10;
/** A policy's usual times: how far a decision looks. */
const POLICY_TIMES = { delaySeconds: 30, leadTimeSeconds: 105 };

/** One forecast step and what came. */
interface Pair {
  readonly medianRps: number;
  readonly below: readonly boolean[];
  readonly actualRps: number;
}
interface Promise_ {
  readonly confidenceRatio: number;
  readonly held: boolean;
}
interface Row {
  readonly name: string;
  readonly days: number;
  readonly zeroRatio: number;
  readonly pairs: readonly Pair[];
  readonly promises: readonly Promise_[];
  readonly widthRatio: number;
  readonly lossRatio: number;
}

const names = readdirSync(flags.traces)
  .filter((name) => name.endsWith('.csv') && flags.only.split(',').some((part) => name.includes(part)))
  .sort();
const rows: Row[] = [];
console.log(
  'recording@step                             WQL  q95/mean   <=q90  <=q95  <=q99  worst decile q95  conf.  held  >=0.8  of these held  requests <=q95',
);
for (const name of names) {
  const own = (await loadRecording(join(flags.traces, name))).columns.arrivalRate;
  rows.push(await rowOf(name, own));
  if (own.stepSeconds === 60) rows.push(await rowOf(name, resample(own, 300)));
}
printSummary();

async function rowOf(file: string, series: TimeSeries): Promise<Row> {
  const { stepSeconds, values } = series;
  const horizonSteps = defaultHorizonSteps(stepSeconds);
  const strideSlots = Math.max(1, Math.floor(900 / stepSeconds));
  const steps = Math.min(horizonSteps, decisionSteps({ ...POLICY_TIMES, stepSeconds }));
  const chain = createForecastChain(createModels(await shippedNetwork()));
  const models = flags.model === 'auto' ? DEFAULT_CHAIN : [flags.model as ModelName];
  const calendar = { timeZone: 'UTC', holidayCountry: null, events: [], excludedFromTraining: [] };
  const pairs: Pair[] = [];
  const promises: Promise_[] = [];
  let loss = 0;
  let width = 0;
  let sum = 0;
  for (const slot of rollingOrigins({
    series,
    horizonSteps,
    strideSlots,
    lookbackSlots: Infinity,
    calendar,
  })) {
    const known = { ...series, startAtMs: slotStartMs(series, 0), values: values.subarray(0, slot) };
    const [result] = chain.forecast([
      { seriesKey: file, series: known, horizonSteps, decisionSteps: steps, calendar, models },
    ]);
    if (result.kind === 'unavailable') continue;
    let highest = Number.NaN;
    result.quantilesRps.forEach((row, step) => {
      const actualRps = values[slot + step] ?? Number.NaN;
      if (Number.isNaN(actualRps)) return;
      pairs.push({
        medianRps: row[MEDIAN_INDEX],
        actualRps,
        below: LEVELS.map((level) => actualRps <= row[QUANTILE_LEVELS.indexOf(level)] + 1e-9),
      });
      if (step < steps) highest = Math.max(actualRps, Number.isNaN(highest) ? 0 : highest);
      loss += lossOf(row, actualRps);
      width += row[10];
      sum += actualRps;
    });
    if (Number.isNaN(highest)) continue;
    const sizedForRps = Math.max(...result.quantilesRps.slice(0, steps).map((row) => row[10]));
    promises.push({
      confidenceRatio: result.confidenceRatio,
      held: highest <= sizedForRps * (1 + 1e-6) + 1e-9,
    });
  }
  const zeros = [...values].reduce((count, value) => count + (value === 0 ? 1 : 0), 0);
  const row = {
    name: `${file.replace('.csv', '')}@${stepSeconds}`,
    days: (values.length * stepSeconds) / 86_400,
    zeroRatio: zeros / values.length,
    pairs,
    promises,
    widthRatio: width / sum,
    lossRatio: loss / sum,
  };
  printRow(row);
  return row;
}

function lossOf(row: readonly number[], actualRps: number): number {
  let loss = 0;
  for (let i = 1; i < 11 + 1; i += 1) {
    const difference = actualRps - row[i];
    loss += Math.max(QUANTILE_LEVELS[i] * difference, (QUANTILE_LEVELS[i] - 1) * difference);
  }
  return (2 * loss) / 11;
}

function shareOf<Item>(items: readonly Item[], is: (item: Item) => boolean): number {
  return items.length === 0 ? Number.NaN : items.filter(is).length / items.length;
}

/** Of what came, the share in steps at or below a level. */
function requestShare(pairs: readonly Pair[], level: number): number {
  const sum = (of: readonly Pair[]): number => of.reduce((all, { actualRps }) => all + actualRps, 0);
  return sum(pairs.filter(({ below }) => below[level])) / sum(pairs);
}

/** Shares at or below q95 by decile of the median, lowest first. */
function decileShares(pairs: readonly Pair[], level: number): number[] {
  const sorted = [...pairs].sort((a, b) => a.medianRps - b.medianRps);
  return Array.from({ length: DECILES }, (_, i) =>
    shareOf(
      sorted.slice((i * sorted.length) / DECILES, ((i + 1) * sorted.length) / DECILES),
      (pair) => pair.below[level],
    ),
  );
}

function printRow({ name, pairs, promises, widthRatio, lossRatio }: Row): void {
  const sure = promises.filter(({ confidenceRatio }) => confidenceRatio >= 0.8);
  console.log(
    [
      name.padEnd(40),
      lossRatio.toFixed(4),
      widthRatio.toFixed(2).padStart(9),
      ...LEVELS.map((_, level) =>
        shareOf(pairs, (pair) => pair.below[level])
          .toFixed(3)
          .padStart(7),
      ),
      Math.min(...decileShares(pairs, 1))
        .toFixed(3)
        .padStart(17),
      (promises.reduce((sum, one) => sum + one.confidenceRatio, 0) / promises.length).toFixed(3).padStart(6),
      shareOf(promises, ({ held }) => held).toFixed(3),
      (sure.length / promises.length).toFixed(3).padStart(6),
      shareOf(sure, ({ held }) => held)
        .toFixed(3)
        .padStart(10),
      requestShare(pairs, 1).toFixed(3).padStart(17),
    ].join(' '),
  );
}

function printSummary(): void {
  const longer = rows.filter(({ days }) => days * 86_400 >= ONE_DAY_SECONDS);
  for (const [group, members] of [
    ['multi-day', longer],
    ['one-day', rows.filter((row) => !longer.includes(row))],
  ] as const) {
    if (members.length === 0) continue;
    const means = LEVELS.map((level, i) => {
      const mean = members.reduce((sum, { pairs }) => sum + shareOf(pairs, (pair) => pair.below[i]), 0);
      return `q${100 * level} ${((100 * mean) / members.length).toFixed(2)} %`;
    });
    const low = members.filter(({ pairs }) => shareOf(pairs, (pair) => pair.below[1]) < 0.93);
    console.log(
      `${group}, ${members.length} rows: mean ${means.join(', ')}; upper 95 % below 0.93 on ${low.length} (${low.map(({ name }) => name).join(' ')})`,
    );
    const requests = LEVELS.map((level, i) => {
      const mean = members.reduce((sum, { pairs }) => sum + requestShare(pairs, i), 0) / members.length;
      return `q${100 * level} ${(100 * mean).toFixed(2)} %`;
    });
    console.log(`${group}: of the requests, mean ${requests.join(', ')}`);
  }
  printDeciles(longer.filter(({ zeroRatio }) => zeroRatio < 0.2));
  printConfidence();
}

/** Pooled over recordings: every one's pairs by its own deciles. */
function printDeciles(members: readonly Row[]): void {
  LEVELS.forEach((level, i) => {
    const shares = members.map(({ pairs }) => decileShares(pairs, i));
    const means = Array.from(
      { length: DECILES },
      (_, decile) => shares.reduce((sum, one) => sum + one[decile], 0) / shares.length,
    );
    console.log(
      `q${100 * level} by decile of the median: ${means.map((mean) => (100 * mean).toFixed(1)).join(' ')}`,
    );
  });
}

function printConfidence(): void {
  const all = rows.flatMap(({ promises }) => promises);
  for (let from = 0; from < 1; from += 0.1) {
    const near = all.filter(({ confidenceRatio }) => confidenceRatio >= from && confidenceRatio < from + 0.1);
    if (near.length < 30) continue;
    const mean = near.reduce((sum, one) => sum + one.confidenceRatio, 0) / near.length;
    console.log(
      `confidence ${from.toFixed(1)}..${(from + 0.1).toFixed(1)}: ${near.length} forecasts, mean ${mean.toFixed(3)}, held ${shareOf(near, ({ held }) => held).toFixed(3)}`,
    );
  }
}
