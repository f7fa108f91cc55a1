/**
 * What a young workload gains by the shape of the day of others like it: the ensemble's WQL with it over that without, at 2 to
 * 36 hours of history. Each recording is born again at many instants, at every hour of the day, and borrows the common shape
 * of the other recordings of its kind; and, as one that it does not share, that shape nine hours off.
 *
 *   npx tsx test/bench/forecast/borrowed-shapes.ts [--traces DIR] [--only nasa,wc98] [--births 8] [--horizon 15m,1h]
 *
 * Kinds: recordings of one source, and `generated`, six workloads of one invented shape with noise of their own. Those of a
 * minute are scored at five. The last lines tell what finding a shape takes: 16 lenders of two weeks of minutes.
 */
import { join } from 'node:path';
import { NO_CALENDAR } from '../../../src/cli/evaluate/recorded-series.ts';
import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../../src/domain/clock.ts';
import { secondsFromDuration } from '../../../src/domain/duration.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { slotStartMs, type TimeSeries } from '../../../src/domain/time-series.ts';
import { createAccuracyTally } from '../../../src/forecast/accuracy.ts';
import { commonProfile, type DayProfile, profileOf } from '../../../src/forecast/day-profile.ts';
import { createLocalClock } from '../../../src/forecast/local-clock.ts';
import { createEnsemble } from '../../../src/forecast/models/ensemble/ensemble.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { resample } from '../../../src/observe/resample.ts';
import { commandFlags, namesOf } from '../../command-flags.ts';

const flags = commandFlags({
  traces: { type: 'string', default: '../shared/traces' },
  only: { type: 'string' },
  births: { type: 'string', default: '8' },
  horizon: { type: 'string', default: '15m,1h' },
});
const AGES_HOURS = [2, 6, 12, 24, 36];
const STEP_SECONDS = 300;
const ORIGINS_APART_SECONDS = 900;
/** From each age on so long. */
const SCORED_SECONDS = 2 * SECONDS_PER_HOUR;
const UNLIKE_BINS = 18;
/** Births at all hours of the day: the golden section. */
const GOLDEN = 0.6180339887;

const KINDS: Readonly<Record<string, readonly string[]>> = {
  nasa: ['nasa_jul95_1m', 'nasa_aug95_1m'],
  wc98: ['wc98_may_1m', 'wc98_june_1m'],
  tweets: ['aapl', 'amzn', 'cvs', 'goog', 'ups'].map((name) => `nab_tweets_${name}_5m`),
  alibaba: ['alibaba_pai_jobs_app0_5m', 'alibaba_pai_jobs_app1_5m'],
  servegen: [
    'large_client142',
    'large_client148',
    'large_total',
    'mid_total',
    'mid_client15',
    'mid_client21',
    'small_total',
  ].map((name) => `servegen_m_${name}_10m`),
  wikipedia: ['wikipedia_2008_1h', 'wikipedia_2011_1h', 'wikipedia_2012_2013_1h'],
  generated: [1, 2, 3, 4, 5, 6].map((seed) => `generated_${seed}`),
};
const CHOSEN =
  flags.only === undefined ? Object.keys(KINDS) : namesOf('only', flags.only, Object.keys(KINDS));
const VARIANTS = ['without', 'with', 'unlike'] as const;
type Ratios = Readonly<Record<'with' | 'unlike', number>>;

const all: (Ratios & { readonly hours: number })[] = [];
for (const horizon of flags.horizon.split(',')) {
  console.log(
    `\n${horizon} ahead, WQL with / with an unlike shape, over without, at ${AGES_HOURS.join(', ')} h`,
  );
  all.length = 0;
  for (const kind of CHOSEN) await tellKind(KINDS[kind], horizon);
  for (const hours of AGES_HOURS)
    tellMean(
      `${hours} h`,
      all.filter((one) => one.hours === hours),
    );
  tellMean('all', all);
}
tellCost();

async function tellKind(names: readonly string[], horizon: string): Promise<void> {
  const series = await Promise.all(names.map(load));
  series.forEach((one, index) => {
    const lenders = series.filter((_, other) => other !== index);
    const horizonSeconds = secondsFromDuration(horizon)!;
    const horizonSteps = Math.max(1, Math.round(horizonSeconds / one.stepSeconds));
    const found = AGES_HOURS.map((hours) => ratiosAt(one, profileOfAll(lenders), hours, horizonSteps));
    const cells = found.map((ratios) =>
      ratios ? `${ratios.with.toFixed(3)}/${ratios.unlike.toFixed(3)}` : '-'.padEnd(11),
    );
    console.log(`${names[index].padEnd(30)} ${cells.join('  ')}`);
    found.forEach((ratios, age) => ratios && all.push({ hours: AGES_HOURS[age], ...ratios }));
  });
}

async function load(name: string): Promise<TimeSeries> {
  if (name.startsWith('generated')) return generated(Number(name.split('_')[1]));
  const own = (await loadRecording(join(flags.traces, `${name}.csv`))).columns.arrivalRate;
  return own.stepSeconds < STEP_SECONDS ? resample(own, STEP_SECONDS) : own;
}

/** Two weeks of one shape, each with a size, a drift and noise of its own. */
function generated(seed: number): TimeSeries {
  const random = createRandom(seed);
  const size = 10 ** (1 + 2 * random());
  let drift = 0;
  const values = Float64Array.from({ length: (14 * SECONDS_PER_DAY) / STEP_SECONDS }, (_, slot) => {
    const turn = (2 * Math.PI * slot * STEP_SECONDS) / SECONDS_PER_DAY;
    drift = 0.99 * drift + 0.02 * (random() - 0.5);
    return size * Math.exp(0.9 * Math.sin(turn) + 0.4 * Math.cos(2 * turn) + drift) * (0.85 + 0.3 * random());
  });
  return { startAtMs: Date.UTC(2026, 0, 5), stepSeconds: STEP_SECONDS, values };
}

function profileOfAll(lenders: readonly TimeSeries[]): DayProfile {
  const known = lenders.map((one) => profileOf(one, createLocalClock('UTC', one.stepSeconds)));
  return commonProfile(known.filter((profile) => profile !== undefined))!;
}

/** undefined where the ensemble does not forecast yet. */
function ratiosAt(
  series: TimeSeries,
  profile: DayProfile,
  hours: number,
  horizonSteps: number,
): Ratios | undefined {
  const turned = (bins: readonly number[]) => [...bins.slice(UNLIKE_BINS), ...bins.slice(0, UNLIKE_BINS)];
  const unlike = { weekday: turned(profile.weekday), weekend: turned(profile.weekend) };
  const shapes = { without: undefined, with: profile, unlike };
  const [without, withOne, withUnlike] = VARIANTS.map((variant) =>
    lossOf(series, shapes[variant], hours, horizonSteps),
  );
  if (without === undefined) return undefined;
  return { with: withOne! / without, unlike: withUnlike! / without };
}

function lossOf(
  { startAtMs, stepSeconds, values, ...series }: TimeSeries,
  borrowedShape: DayProfile | undefined,
  hours: number,
  horizonSteps: number,
): number | undefined {
  const tally = createAccuracyTally(1);
  const slotsOf = (seconds: number): number => Math.max(1, Math.round(seconds / stepSeconds));
  for (const birth of birthsOf(values.length, slotsOf(SECONDS_PER_DAY))) {
    const model = createEnsemble();
    const first = birth + slotsOf(hours * SECONDS_PER_HOUR);
    const last = Math.min(values.length - horizonSteps, first + slotsOf(SCORED_SECONDS));
    for (let end = first; end < last; end += slotsOf(ORIGINS_APART_SECONDS)) {
      const known = {
        ...series,
        stepSeconds,
        startAtMs: slotStartMs({ startAtMs, stepSeconds, values }, birth),
        values: values.slice(birth, end),
      };
      const asked = { seriesKey: 'young', series: known, horizonSteps, calendar: NO_CALENDAR, borrowedShape };
      const [outcome] = model.forecast([asked]);
      if (outcome.kind !== 'forecast') continue;
      outcome.quantilesRps.forEach((row, step) => tally.add(row, values[end + step]));
    }
  }
  return tally.scores()?.wqlRatio;
}

/** Slots, spread over the recording and the hours of the day; two days of it lie behind each. */
function birthsOf(slots: number, slotsPerDay: number): readonly number[] {
  const births = Number(flags.births);
  return Array.from({ length: births }, (_, birth) => {
    const day = Math.floor(((birth + 0.5) / births) * (slots / slotsPerDay - 3));
    return day * slotsPerDay + Math.floor(((birth * GOLDEN + 0.1) % 1) * slotsPerDay);
  });
}

function tellMean(of: string, ratios: readonly Ratios[]): void {
  const mean = (pick: (one: Ratios) => number): string =>
    Math.exp(ratios.reduce((sum, one) => sum + Math.log(pick(one)), 0) / ratios.length).toFixed(4);
  const most = Math.max(...ratios.map(({ unlike }) => unlike)).toFixed(3);
  console.log(
    `${of.padEnd(30)} with ${mean((one) => one.with)}, unlike ${mean((one) => one.unlike)} (most ${most}), ${ratios.length} rows`,
  );
}

function tellCost(): void {
  const lenders = Array.from({ length: 16 }, (_, i) => resampledToMinutes(generated(i + 1)));
  const rounds = 20;
  const began = process.cpuUsage();
  for (let round = 0; round < rounds; round += 1) profileOfAll(lenders);
  const { user, system } = process.cpuUsage(began);
  const cpuMs = (user + system) / 1000 / rounds;
  console.log(`\na shape of 16 lenders of two weeks of minutes: ${cpuMs.toFixed(1)} ms of CPU`);
}

function resampledToMinutes({ values, ...series }: TimeSeries): TimeSeries {
  const times = STEP_SECONDS / 60;
  return {
    ...series,
    stepSeconds: 60,
    values: Float64Array.from({ length: values.length * times }, (_, i) => values[Math.floor(i / times)]),
  };
}
