import { describe, expect, test } from 'vitest';
import { ALWAYS, createFleet, type Fleet, type Member } from '../../../src/control/fleet.ts';
import { newMember } from '../../../src/control/join-fleet.ts';
import { createLentShapes } from '../../../src/control/lent-shapes.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import type { DayProfile } from '../../../src/forecast/day-profile.ts';
import { aPolicy } from '../../builders/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { aSeries } from '../../contract/forecaster.ts';

const DAY_MS = 86_400_000;
/** A Monday; lenders' histories begin there. */
const MONDAY_MS = Date.UTC(2026, 5, 1);
const source = createFakeMetricsSource({ value: () => 0 });

interface Known {
  readonly namespace?: string;
  readonly workloadClass?: string;
  readonly timeZone?: string;
  readonly series: TimeSeries;
  /** Only the newest half hour has been read. */
  readonly isPart?: boolean;
}

function member(name: string, known: Known): Member {
  const { namespace = 'shop', workloadClass, timeZone = 'UTC', series, isPart = false } = known;
  const policy = aPolicy({
    workload: { namespace, name },
    forecast: { stepSeconds: 300, ...(workloadClass && { workloadClass }) },
    calendar: { timeZone },
  });
  const made = newMember(policy, source, ALWAYS);
  return { ...made, history: { ...made.history, isWhole: () => !isPart, series: () => series } };
}

function fleetOf(lenders: readonly Member[]): Fleet {
  const fleet = createFleet();
  for (const lender of lenders) fleet.add(lender);
  return fleet;
}

/** Shaped by `strength`; from `day` on, for so many days. */
function load(days: number, { day = 0, strength = 0.8 } = {}): TimeSeries {
  const rate = (atDays: number): number => 100 * (1 + strength * Math.sin(2 * Math.PI * atDays));
  return aSeries({ days, startAtMs: MONDAY_MS + day * DAY_MS, rate });
}

const lender = member('old', { series: load(8) });
/** Came on the fifth day, half a day ago. */
const youth = { series: load(0.5, { day: 4 }) };

function lentTo(asked: Member, ...others: readonly Member[]): DayProfile | undefined {
  return createLentShapes(fleetOf([asked, ...others])).shapeFor(asked, asked.history.series());
}

describe('a young workload borrows the shape of those like it', () => {
  test('in its namespace, where no policy names a class', () => {
    const profile = lentTo(member('young', youth), lender)!;
    expect(profile.weekday[12]).toBeCloseTo(1.8, 1);
    expect(profile.weekday[36]).toBeCloseTo(0.2, 1);
  });

  test('in its class, of whatever namespace', () => {
    const young = member('young', { ...youth, workloadClass: 'web' });
    const like = member('like', { namespace: 'mail', workloadClass: 'web', series: load(8) });
    expect(lentTo(young, like)).toBeDefined();
  });

  test('each counts the same, whatever its size', () => {
    const large = load(8, { strength: -0.8 });
    const lenders = [
      member('a', { series: load(8) }),
      member('b', { series: load(8) }),
      member('large', { series: { ...large, values: large.values.map((rate) => 1e5 * rate) } }),
    ];
    expect(lentTo(member('young', youth), ...lenders)!.weekday[12]).toBeCloseTo(1.8, 1);
  });

  test('of what was known before the day on which it came, and nothing since', () => {
    const changed = load(8);
    changed.values.fill(1e6, 4 * 288);
    const young = member('young', youth);
    expect(lentTo(young, member('old', { series: changed }))).toEqual(lentTo(young, lender));
  });

  test('the same all through its youth', () => {
    const young = member('young', youth);
    const shapes = createLentShapes(fleetOf([young, lender]));
    const first = shapes.shapeFor(young, load(0.2, { day: 4 }));
    expect(first).toBeDefined();
    expect(shapes.shapeFor(young, load(1.9, { day: 4 }))).toBe(first);
  });

  test('whoever was added first', () => {
    const others = ['a', 'b', 'c'].map((name, i) =>
      member(name, { series: load(8, { strength: 0.2 + 0.3 * i }) }),
    );
    const young = member('young', youth);
    expect(lentTo(young, ...others)).toEqual(lentTo(young, ...[...others].reverse()));
  });
});

describe('nothing is lent', () => {
  test.each<[string, Known, Known]>([
    ['to a workload of more than two days', { series: load(2.1, { day: 4 }) }, { series: load(8) }],
    [
      'to one without a sample',
      { series: aSeries({ days: 1, rate: () => Number.NaN }) },
      { series: load(8) },
    ],
    ['to one whose history has not been read whole', { ...youth, isPart: true }, { series: load(8) }],
    ['by one whose history has not been read whole', youth, { series: load(8), isPart: true }],
    ['by one of another namespace', youth, { series: load(8), namespace: 'mail' }],
    [
      'by one of another class',
      { ...youth, workloadClass: 'web' },
      { series: load(8), workloadClass: 'batch' },
    ],
    ['by one that names no class to one that does', { ...youth, workloadClass: 'web' }, { series: load(8) }],
    ['by one of another time zone', youth, { series: load(8), timeZone: 'Asia/Tokyo' }],
    ['by one that came less than two days before', youth, { series: load(5, { day: 2.5 }) }],
  ])('%s', (_, young, other) => {
    expect(lentTo(member('young', young), member('other', other))).toBeUndefined();
  });

  test('by the young one to itself', () => {
    expect(lentTo(member('young', youth))).toBeUndefined();
  });
});

describe('the loop is not kept', () => {
  test('at one time no more than two shapes are found, the others later', () => {
    const lenders = [0, 1, 2].map((i) => member('old', { namespace: `n${i}`, series: load(8) }));
    const young = [0, 1, 2].map((i) => member('young', { namespace: `n${i}`, ...youth }));
    const shapes = createLentShapes(fleetOf([...lenders, ...young]));
    const lentAt = (series: TimeSeries) => young.map((one) => shapes.shapeFor(one, series) !== undefined);
    expect(lentAt(youth.series)).toEqual([true, true, false]);
    expect(lentAt(load(0.51, { day: 4 }))).toEqual([true, true, true]);
  });

  test('where nobody could lend it is asked again after an hour', () => {
    const young = member('young', youth);
    const fleet = fleetOf([young]);
    const shapes = createLentShapes(fleet);
    expect(shapes.shapeFor(young, load(0.5, { day: 4 }))).toBeUndefined();
    fleet.add(lender);
    expect(shapes.shapeFor(young, load(0.53, { day: 4 }))).toBeUndefined();
    expect(shapes.shapeFor(young, load(0.55, { day: 4 }))).toBeDefined();
  });
});
