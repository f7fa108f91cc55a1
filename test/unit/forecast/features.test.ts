import { expect, test } from 'vitest';
import { slotIndexAt, type TimeSeries } from '../../../src/domain/time-series.ts';
import type { FeatureContext } from '../../../src/forecast/features/feature-context.ts';
import {
  FEATURES,
  featureNamed,
  featuresOf,
  readFeatures,
} from '../../../src/forecast/features/feature-table.ts';
import { type LiveReadings, liveReadings } from '../../../src/forecast/features/live-readings.ts';
import { historyFrom } from '../../../src/forecast/history.ts';
import { createLocalClock } from '../../../src/forecast/local-clock.ts';
import { DirectView } from '../../../src/forecast/models/arima/series-view.ts';
import { SQUARE_ROOT } from '../../../src/forecast/scale.ts';
import { liveOfRecording } from '../../../src/observe/live-columns.ts';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import { aSeries } from '../../contract/forecaster.ts';

const MONDAY_MS = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;

/** What is known at `originAtMs`; the slots from there on are in the view, and must not be read. */
function contextAt(
  series: TimeSeries,
  originAtMs: number,
  extra: Partial<FeatureContext> = {},
): FeatureContext {
  const history = historyFrom(series, [], 60 * 86_400);
  return {
    origin: Math.floor(series.startAtMs / (series.stepSeconds * 1000)) + slotIndexAt(series, originAtMs),
    stepSeconds: series.stepSeconds,
    slotsPerDay: history.slotsPerDay,
    horizonSteps: 3,
    view: new DirectView(history, SQUARE_ROOT),
    clock: createLocalClock(extra.events === undefined ? 'UTC' : 'Europe/Berlin', series.stepSeconds),
    events: [],
    ...extra,
  };
}

function valuesAt(context: FeatureContext): Record<string, number> {
  const values = readFeatures(FEATURES, context);
  return Object.fromEntries(FEATURES.map(({ name }, i) => [name, values[i]]));
}

test('there are 47 features, each with a name of its own, a unit and a source', () => {
  expect(FEATURES).toHaveLength(47);
  expect(new Set(FEATURES.map(({ name }) => name)).size).toBe(47);
  for (const { name, unit, source } of FEATURES) {
    expect(unit.length * source.length).toBeGreaterThan(0);
    expect(featureNamed(name)?.name).toBe(name);
  }
  const groups = (['calendar', 'lags', 'level', 'spread', 'slope', 'live', 'business'] as const).map(
    (group) => featuresOf(group).length,
  );
  expect(groups).toEqual([15, 7, 6, 4, 4, 7, 4]);
});

test.each([
  ['a Monday at noon', 0.5, { weekend: 0, businessHours: 1, dayCosine: -1 }],
  ['a Monday at midnight', 0, { weekend: 0, businessHours: 0, dayCosine: 1, weekCosine: 1, monthCosine: 1 }],
  ['a Saturday at noon', 5.5, { weekend: 1, businessHours: 0 }],
  ['a Friday at five', 4 + 17 / 24, { weekend: 0, businessHours: 0 }],
])('the calendar on %s', (_, days, expected) => {
  const values = valuesAt(contextAt(aSeries({ days: 9 }), MONDAY_MS + days * DAY_MS));
  for (const [name, value] of Object.entries(expected)) expect(values[name]).toBeCloseTo(value, 9);
});

test('the hour is the local one, on both sides of a clock change', () => {
  const series = aSeries({ days: 3, startAtMs: Date.UTC(2026, 2, 28) });
  const hourOf = (atMs: number): number => {
    const { daySine, dayCosine } = valuesAt(contextAt(series, atMs, { events: [] }));
    return Math.round((24 * (Math.atan2(daySine, dayCosine) + 2 * Math.PI)) / (2 * Math.PI)) % 24;
  };
  expect(hourOf(Date.UTC(2026, 2, 28, 8))).toBe(9);
  expect(hourOf(Date.UTC(2026, 2, 29, 8))).toBe(10);
});

test('holidays are told the day before, on the day and the day after; without a country they are not known', () => {
  const series = aSeries({ days: 9 });
  const holidays = new Set([Date.UTC(2026, 5, 4) / DAY_MS]);
  const at = (day: number): number[] => {
    const { dayBeforeHoliday, holiday, dayAfterHoliday } = valuesAt(
      contextAt(series, Date.UTC(2026, 5, day, 12), { clock: { ...createLocalClock('UTC', 300), holidays } }),
    );
    return [dayBeforeHoliday, holiday, dayAfterHoliday];
  };
  expect([2, 3, 4, 5, 6].map(at)).toEqual([
    [0, 0, 0],
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
    [0, 0, 0],
  ]);
  expect(valuesAt(contextAt(series, Date.UTC(2026, 5, 4))).holiday).toBeNaN();
});

test('what stands from the origin on changes no feature', () => {
  const series = aSeries({ days: 20 });
  const originAtMs = MONDAY_MS + 15.37 * DAY_MS;
  const before = valuesAt(contextAt(series, originAtMs));
  series.values.fill(1e9, slotIndexAt(series, originAtMs));
  expect(valuesAt(contextAt(series, originAtMs))).toEqual(before);
});

test('a thousand times the load has the same features', () => {
  const small = aSeries({ days: 15 });
  const large = { ...small, values: small.values.map((rate) => 1000 * rate) };
  const [one, other] = [small, large].map((series) => valuesAt(contextAt(series, MONDAY_MS + 14.2 * DAY_MS)));
  for (const { name } of FEATURES) {
    if (Number.isNaN(one[name])) expect(other[name]).toBeNaN();
    else expect(other[name]).toBeCloseTo(one[name], 6);
  }
});

test('what is not there is not known, and not zero', () => {
  const series = aSeries({ days: 2 });
  series.values.fill(Number.NaN, 282, 286);
  const values = valuesAt(contextAt(series, MONDAY_MS + DAY_MS - 600_000));
  for (const name of ['newest', 'lastWeek', 'latency', 'sinceDeploy', 'yesterday'])
    expect(values[name]).toBeNaN();
  expect(values.level1Hour).not.toBeNaN();
});

test('events, live metrics and rollouts', () => {
  const originAtMs = MONDAY_MS + 2 * DAY_MS;
  const event = (fromMinutes: number, toMinutes: number) => ({
    name: 'sale',
    startAtMs: originAtMs + fromMinutes * 60_000,
    endAtMs: originAtMs + toMinutes * 60_000,
    arrivalRateMultiplier: 2,
  });
  const told = (events: ReturnType<typeof event>[]) => {
    const { campaignActive, eventWithinHorizon, eventMultiplier } = valuesAt(
      contextAt(aSeries({ days: 3 }), originAtMs, { events }),
    );
    return [campaignActive, eventWithinHorizon, eventMultiplier];
  };
  expect(told([])).toEqual([0, 0, 0]);
  expect(told([event(-60, 60)])).toEqual([1, 1, Math.log(2)]);
  expect(told([event(10, 60)])).toEqual([0, 1, Math.log(2)]);
  expect(told([event(15, 60)])).toEqual([0, 0, 0]);
  const now = { cpuUtilization: 0.7, latency: 0.2, errorRatio: 0 };
  const live: LiveReadings = {
    now: (metric) => (metric in now ? now[metric as keyof typeof now] : Number.NaN),
    dayMean: (metric) => (metric === 'latency' ? 0.1 : Number.NaN),
    lastRolloutAtMs: () => originAtMs - 3_600_000,
  };
  const values = valuesAt(contextAt(aSeries({ days: 3 }), originAtMs, { live }));
  expect(values.cpuUtilization).toBe(0.7);
  expect(values.latency).toBeCloseTo(Math.log(2), 12);
  expect(values.sinceDeploy).toBeCloseTo(Math.log(2), 12);
  expect(values.errorRatio).toBe(0);
  expect(values.memoryUtilization).toBeNaN();
});

/** Features that the embedded recording cannot move, and why. */
const STILL: Readonly<Record<string, string>> = {
  holiday: 'its policy names no country',
  dayBeforeHoliday: 'its policy names no country',
  dayAfterHoliday: 'its policy names no country',
  campaignActive: 'the recording carries no events: they are in the policy',
  eventWithinHorizon: 'the recording carries no events: they are in the policy',
  eventMultiplier: 'the recording carries no events: they are in the policy',
  sinceDeploy: 'no recording carries rollouts: a generated series does (generate-live.test.ts)',
};

test('every feature varies on the embedded recording, but those that say why not', async () => {
  const recording = await loadRecording('deploy/demo/web-shop.csv.gz');
  const series = recording.columns.arrivalRate;
  const live = liveReadings(liveOfRecording(recording)!, { stepSeconds: 60, slotsPerDay: 1440, phaseMs: 0 });
  const seen = new Map<string, Set<number>>(FEATURES.map(({ name }) => [name, new Set<number>()]));
  for (let days = 8; days < 15; days += 0.23) {
    const originAtMs = series.startAtMs + days * DAY_MS;
    for (const [name, value] of Object.entries(valuesAt(contextAt(series, originAtMs, { live }))))
      if (!Number.isNaN(value)) seen.get(name)?.add(value);
  }
  const still = [...seen].filter(([, values]) => values.size < 2).map(([name]) => name);
  expect(still.sort()).toEqual(Object.keys(STILL).sort());
});
