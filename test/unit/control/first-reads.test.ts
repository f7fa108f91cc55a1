import { expect, test } from 'vitest';
import { createFirstReads } from '../../../src/control/first-reads.ts';
import { observeAll, type Seen } from '../../../src/control/observe-all.ts';
import type { MetricsSource, SeriesRequest } from '../../../src/observe/metrics-source.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import {
  fleetUnderTest,
  neverAborted,
  policyNamed,
  START_MS,
  swing,
  type FleetOptions,
  type FleetUnderTest,
} from './fleet-under-test.ts';
import { createFakeClock } from '../../fakes/clock.ts';

/** With a minute's steps 2,400 samples: of 500,000 at the first tick 208 workloads have theirs. */
const LOOKBACK_SECONDS = 144_000;
const LOOKBACK_MS = 1000 * LOOKBACK_SECONDS;
const NAMES = Array.from({ length: 500 }, (_, index) => `w${index}`);

const isFirst = ({ metric, fromMs, toMs }: SeriesRequest): boolean =>
  metric === 'arrivalRate' && toMs - fromMs >= LOOKBACK_MS;

/** A source that is down for whoever asks for more first reads at once than it can bear, with what it was asked. */
function watched(most = Infinity): { readonly source: MetricsSource; readonly firstReads: number[] } {
  const inner = createFakeMetricsSource({ value: swing });
  const firstReads: number[] = [];
  const source: MetricsSource = {
    ...inner,
    async read(requests, signal) {
      const first = requests.filter(isFirst).length;
      firstReads.push(first);
      const answers = await inner.read(requests, signal);
      return first <= most
        ? answers
        : answers.map((answer, at) =>
            isFirst(requests[at]) ? { kind: 'sourceDown', message: 'too much at once' } : answer,
          );
    },
  };
  return { source, firstReads };
}

function newFleet(options: FleetOptions): FleetUnderTest {
  const policy = (name: string): Policy => {
    const own = policyNamed(name);
    return { ...own, forecast: { ...own.forecast, lookbackSeconds: LOOKBACK_SECONDS } };
  };
  return fleetUnderTest({ names: NAMES, policy, ...options });
}

/** What a tick begins with. */
const lookAt = ({ deps }: FleetUnderTest, seconds: number): Promise<readonly Seen[]> =>
  observeAll(deps, START_MS + seconds * 1000, neverAborted());

const wholeIn = ({ deps }: FleetUnderTest): number =>
  deps.fleet.members().filter(({ history }) => history.isWhole()).length;

test('all are measured at the first tick, and their histories follow at the next ones', async () => {
  const { source, firstReads } = watched();
  const fleet = newFleet({ source, deps: { firstReads: createFirstReads() } });
  const first = await lookAt(fleet, 0);
  expect(first).toHaveLength(NAMES.length);
  expect(first.every(({ observation }) => observation.arrivalRate.kind === 'value')).toBe(true);
  expect(first.every(({ observation }) => observation.coverageRatio === 1)).toBe(true);
  expect(wholeIn(fleet)).toBe(208);
  await lookAt(fleet, 15);
  await lookAt(fleet, 30);
  expect(firstReads).toEqual([208, 292, 0]);
});

test('what is known in the end is the same as read at once', async () => {
  const slowly = newFleet({ deps: { firstReads: createFirstReads() } });
  const atOnce = newFleet({});
  for (const fleet of [slowly, atOnce]) for (const seconds of [0, 15, 30]) await lookAt(fleet, seconds);
  const series = ({ deps }: FleetUnderTest) => deps.fleet.members().map(({ history }) => history.series());
  expect(series(slowly)).toEqual(series(atOnce));
});

test('a source that fails is asked for half as much, until it answers; nobody who was answered asks again', async () => {
  const { source, firstReads } = watched(60);
  const fleet = newFleet({ source, deps: { firstReads: createFirstReads() } });
  const whole: number[] = [];
  for (let tick = 0; tick < 30; tick += 1) {
    await lookAt(fleet, 15 * tick);
    whole.push(wholeIn(fleet));
  }
  expect(firstReads.slice(0, 4)).toEqual([208, 104, 52, 104]);
  expect(whole.at(-1)).toBe(NAMES.length);
  expect(whole).toEqual(whole.toSorted((a, b) => a - b));
  expect(firstReads.at(-1)).toBe(0);
});

test.each([
  ['that the source cannot tell', { kind: 'sourceDown', message: 'no answer within 5s' }],
  ['that is more than the source allows', { kind: 'queryRejected', message: 'too many samples' }],
] as const)('who has a past %s is measured meanwhile, and asks again now and then', async (_what, fault) => {
  const inner = createFakeMetricsSource({ value: swing });
  const source: MetricsSource = {
    ...inner,
    async read(requests, signal) {
      const answers = await inner.read(requests, signal);
      return answers.map((answer, at) => (isFirst(requests[at]) ? fault : answer));
    },
  };
  const fleet = newFleet({ names: ['w0'], source, deps: { firstReads: createFirstReads() } });
  const isMeasured: boolean[] = [];
  for (let tick = 0; tick < 60; tick += 1) {
    const [seen] = await lookAt(fleet, 15 * tick);
    isMeasured.push(seen.observation.arrivalRate.kind === 'value');
  }
  const asked = isMeasured.flatMap((measured, tick) => (measured ? [] : [tick]));
  expect(asked).toEqual([0, 1, 4, 9, 18, 35, 52]);
});

test('who has nothing to read holds nobody up', async () => {
  const inner = createFakeMetricsSource({ value: swing });
  const isEmpty = ({ workload }: SeriesRequest): boolean => Number(workload.name.slice(1)) < 250;
  const source: MetricsSource = {
    ...inner,
    async read(requests, signal) {
      const answers = await inner.read(requests, signal);
      return answers.map((answer, at) => (isEmpty(requests[at]) ? { kind: 'empty' } : answer));
    },
  };
  const fleet = newFleet({ source, deps: { firstReads: createFirstReads() } });
  for (let tick = 0; tick < 4; tick += 1) await lookAt(fleet, 15 * tick);
  expect(wholeIn(fleet)).toBe(250);
});

test('a source that takes too long is asked for half as much, until it does not; it is asked for more where it is quick', async () => {
  const clock = createFakeClock(START_MS);
  const { source: inner, firstReads } = watched();
  const source: MetricsSource = {
    ...inner,
    async read(requests, signal) {
      const answers = await inner.read(requests, signal);
      clock.advance(firstReads.at(-1)! / 40);
      return answers;
    },
  };
  const fleet = newFleet({ source, deps: { clock, firstReads: createFirstReads() } });
  for (let tick = 0; tick < 6; tick += 1) await lookAt(fleet, 15 * tick);
  // 5.2 s, 2.6 s, 1.3 s: neither late nor quick enough for twice as many.
  expect(firstReads).toEqual([208, 104, 52, 52, 52, 32]);
});

test('a history that is longer than the limit is read all the same', async () => {
  const long = {
    ...policyNamed('a'),
    forecast: { ...policyNamed('a').forecast, lookbackSeconds: 40_000_000 },
  };
  const { source, firstReads } = watched();
  const fleet = fleetUnderTest({
    names: ['a', 'b'],
    policy: (name) => ({ ...long, workload: { namespace: 'shop', name } }),
    source: { ...source, read: (requests, signal) => source.read(requests.map(newest), signal) },
    deps: { firstReads: createFirstReads() },
  });
  await lookAt(fleet, 0);
  expect(firstReads).toEqual([0]);
  expect(wholeIn(fleet)).toBe(1);
});

/** What a source has that is younger than the lookback. */
function newest(request: SeriesRequest): SeriesRequest {
  return { ...request, fromMs: Math.max(request.fromMs, request.toMs - 3_600_000) };
}
