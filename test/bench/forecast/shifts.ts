/**
 * How fast forecasts are right again after the load has changed for good: level shifts are written into recordings, each
 * by itself, and the quantiles forecast in the hours after it are held against what came.
 *
 *   npx tsx test/bench/forecast/shifts.ts [--traces DIR] [--only nasa,bank] [--shifts 1000] [--seed 1] [--model auto] [--require]
 *
 * A shift multiplies everything from an instant in the recording's last third on by 1/3 to 3. One-minute recordings are
 * forecast at 1 and at 5 minutes. Exit 1 with --require where the coverage of forecasts made an hour after a shift is more
 * than 3 points off.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ModelName, QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { createModels, DEFAULT_CHAIN } from '../../../src/forecast/create-models.ts';
import { createForecastChain, type ForecastChain } from '../../../src/forecast/select-forecast.ts';
import { shippedNetwork } from '../../../src/infer/shipped-network.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { resample } from '../../../src/observe/resample.ts';
import { commandFlags } from '../../command-flags.ts';

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  only: { type: 'string', default: '' },
  model: { type: 'string', default: 'auto' },
  shifts: { type: 'string', default: '1000' },
  seed: { type: 'string', default: '20261126' },
  require: { type: 'boolean', default: false },
});

const FACTORS = [1 / 3, 1 / 2, 2 / 3, 1.5, 2, 3];
const HORIZON_SECONDS = 900;
/** Origins after the shift, in minutes; a new forecast in between tells nothing more. */
const ORIGIN_MINUTES = [2, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 90, 105, 120, 150, 180];
const LEAST_DAYS = 3;
/** Coverage is told of forecasts made so many minutes after the shift. */
const SPANS = [
  [0, 10],
  [10, 20],
  [20, 30],
  [30, 40],
  [40, 50],
  [50, 60],
  [60, 75],
  [75, 120],
  [120, 195],
] as const;
/** From here on the mark holds. */
const MARKED_SPAN = 6;
const LEVELS = [0.5, 0.9, 0.95, 0.99] as const;
const MARK = 0.03;

interface Span {
  pairs: number;
  width: number;
  actual: number;
  readonly below: number[];
}

const random = createRandom(Number(flags.seed));
const up = SPANS.map(newSpan);
const down = SPANS.map(newSpan);
const plain = SPANS.map(newSpan);
const series = await loadedSeries();
const each = Math.ceil(Number(flags.shifts) / series.length);
for (const one of series) await playShifts(one, each);
printSpans('up', up);
printSpans('down', down);
printSpans('none', plain);
const missed = [up, down].flatMap((spans) =>
  LEVELS.filter((level, i) => {
    const { below, pairs } = spans[MARKED_SPAN];
    return level > 0.5 && Math.abs(below[i] / pairs - level) > MARK;
  }),
);
console.log(`${each * series.length} shifts of ${series.length} series; ${missed.length} of 6 marks missed`);
if (flags.require && missed.length > 0) process.exitCode = 1;

function newSpan(): Span {
  return { pairs: 0, width: 0, actual: 0, below: LEVELS.map(() => 0) };
}

async function loadedSeries(): Promise<TimeSeries[]> {
  const names = readdirSync(flags.traces).filter(
    (name) => /_[15]m\.csv$/.test(name) && flags.only.split(',').some((part) => name.includes(part)),
  );
  const loaded: TimeSeries[] = [];
  for (const name of names) {
    const own = (await loadRecording(join(flags.traces, name))).columns.arrivalRate;
    if (own.values.length * own.stepSeconds < LEAST_DAYS * 86_400) continue;
    loaded.push(own);
    if (own.stepSeconds === 60) loaded.push(resample(own, 300));
  }
  return loaded;
}

/** One instance forecasts after all shifts of a recording, in order: what it learnt before a shift is true for the next. */
async function playShifts(own: TimeSeries, count: number): Promise<void> {
  const { stepSeconds, values } = own;
  const chain = createForecastChain(createModels(await shippedNetwork()));
  const lastSlots = Math.ceil((4 * 3600) / stepSeconds);
  const first = Math.ceil((2 * values.length) / 3);
  const instants = Array.from(
    { length: count },
    () => first + Math.floor(random() * (values.length - lastSlots - first)),
  ).sort((a, b) => a - b);
  instants.forEach((at, index) => {
    // One in four is none at all: what the same forecasts cover where nothing happens.
    const factor = index % 4 === 3 ? 1 : FACTORS[Math.floor(random() * FACTORS.length)];
    const shifted = values.slice(0, at + lastSlots);
    for (let slot = at; slot < shifted.length; slot += 1) shifted[slot] *= factor;
    forecastAfter(chain, { ...own, values: shifted }, at, factor === 1 ? plain : factor > 1 ? up : down);
  });
}

function forecastAfter(chain: ForecastChain, shifted: TimeSeries, at: number, spans: readonly Span[]): void {
  const { stepSeconds, values } = shifted;
  const models = flags.model === 'auto' ? DEFAULT_CHAIN : [flags.model as ModelName];
  const horizonSteps = HORIZON_SECONDS / stepSeconds;
  const origins = [...new Set(ORIGIN_MINUTES.map((minutes) => at + Math.ceil((60 * minutes) / stepSeconds)))];
  for (const origin of origins) {
    const known = { ...shifted, values: values.subarray(0, origin) };
    const calendar = { timeZone: 'UTC', holidayCountry: null, events: [], excludedFromTraining: [] };
    const [result] = chain.forecast([
      { seriesKey: 'shifted', series: known, horizonSteps, calendar, models },
    ]);
    if (result.kind === 'unavailable') continue;
    const minutes = ((origin - at) * stepSeconds) / 60;
    const span = spans[SPANS.findIndex(([least, most]) => minutes >= least && minutes < most)];
    result.quantilesRps.forEach((row, step) => tally(span, row, values[origin + step]));
  }
}

function tally(span: Span | undefined, row: readonly number[], actualRps: number): void {
  if (span === undefined || Number.isNaN(actualRps)) return;
  span.pairs += 1;
  span.width += row[QUANTILE_LEVELS.indexOf(0.95)];
  span.actual += actualRps;
  LEVELS.forEach((level, i) => {
    if (actualRps <= row[QUANTILE_LEVELS.indexOf(level)] + 1e-9) span.below[i] += 1;
  });
}

function printSpans(title: string, spans: readonly Span[]): void {
  console.log(
    `shift ${title}: minutes after it, shares at or below q${LEVELS.map((level) => 100 * level).join(', q')}, q95 over actual`,
  );
  spans.forEach(({ pairs, below, width, actual }, i) => {
    const shares = below.map((count) => (count / pairs).toFixed(3)).join('  ');
    console.log(
      `  ${SPANS[i].join('..').padEnd(8)} ${shares}  ${(width / actual).toFixed(2)}  (${pairs} pairs)`,
    );
  });
}
