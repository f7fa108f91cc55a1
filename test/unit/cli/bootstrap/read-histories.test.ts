import { beforeEach, describe, expect, test } from 'vitest';
import { readHistories, type HistoriesRead } from '../../../../src/cli/bootstrap/read-histories.ts';
import { seriesEndMs, type TimeSeries } from '../../../../src/domain/time-series.ts';
import type { Policy } from '../../../../src/policy/policy.ts';
import { aPolicy } from '../../../builders/policy.ts';
import { createFakeClock, type FakeClock } from '../../../fakes/clock.ts';
import { createFakeMetricsSource, type FakeMetricsSource } from '../../../fakes/metrics-source.ts';

const NOW_MS = Date.UTC(2026, 10, 26, 12);
const NEVER = new AbortController().signal;
const DAY_SLOTS = 1440;

const fleet = (count: number): readonly Policy[] =>
  Array.from({ length: count }, (_, at) =>
    aPolicy({
      workload: { name: `app-${at}` },
      metrics: { queries: { arrivalRate: `rps{app="${at}"}` } },
      forecast: { lookbackSeconds: 86_400 },
    }),
  );

let clock: FakeClock;
let saved: Map<string, TimeSeries>;
let rounds: number[];
let source: FakeMetricsSource;
beforeEach(() => {
  clock = createFakeClock(NOW_MS);
  saved = new Map();
  rounds = [];
  source = createFakeMetricsSource({ value: (_, { workload }) => Number(workload.name.slice(4)) });
});

function read(
  policies: readonly Policy[],
  stop: AbortSignal = NEVER,
  from: FakeMetricsSource = source,
): Promise<HistoriesRead> {
  const deps = {
    clock,
    save: (policy: Policy, series: TimeSeries) =>
      Promise.resolve(void saved.set(policy.workload.name, series)),
    onRound: (done: number) => void rounds.push(done),
  };
  return readHistories(
    policies.map((policy) => ({ policy, source: from })),
    deps,
    stop,
  );
}

const askedFor = (): readonly string[] =>
  source.batches.flatMap((batch) => batch.map(({ workload }) => workload.name));

describe('histories', () => {
  test('are read whole, each once, and kept with what each has', async () => {
    const result = await read(fleet(3));
    expect(result).toEqual({
      read: ['shop/app-0', 'shop/app-1', 'shop/app-2'],
      empty: [],
      refused: [],
      failed: [],
    });
    expect(askedFor()).toEqual(['app-0', 'app-1', 'app-2']);
    const series = saved.get('app-2')!;
    expect([...new Set(series.values)]).toEqual([2]);
    expect(series.values.length).toBeGreaterThanOrEqual(DAY_SLOTS - 1);
    expect(NOW_MS - seriesEndMs(series)).toBeLessThan(2 * 60_000);
  });

  test('of a large fleet come in rounds that no source is late with, each kept before the next is asked for', async () => {
    const policies = fleet(1500);
    let keptAtLastBatch = -1;
    const looking: FakeMetricsSource = {
      ...source,
      read(requests, signal) {
        expect(saved.size).toBeGreaterThan(keptAtLastBatch);
        keptAtLastBatch = saved.size;
        expect(requests.length * DAY_SLOTS).toBeLessThanOrEqual(2_000_000);
        return source.read(requests, signal);
      },
    };
    const { read: names } = await read(policies, NEVER, looking);
    expect(names).toHaveLength(1500);
    expect(new Set(askedFor()).size).toBe(1500);
    expect(askedFor()).toHaveLength(1500);
    expect(rounds.length).toBeGreaterThan(1);
    expect(rounds.at(-1)).toBe(1500);
  });

  test('are asked for half of the time at most: the rest after a round is as long as it took', async () => {
    const slow: FakeMetricsSource = {
      ...source,
      read(requests, signal) {
        clock.advance(4);
        return source.read(requests, signal);
      },
    };
    await read(fleet(700), NEVER, slow);
    expect(clock.sleptSeconds.length).toBeGreaterThan(1);
    expect(clock.sleptSeconds.every((seconds) => seconds === 4)).toBe(true);
    const sizes = source.batches.map((batch) => batch.length);
    expect(sizes[1]).toBeLessThan(sizes[0]);
  });
});

describe('what cannot be read', () => {
  test('because there is nothing is told as empty, and not asked for again', async () => {
    source.fault = 'empty';
    expect((await read(fleet(2))).empty).toEqual(['shop/app-0', 'shop/app-1']);
    expect(source.batches).toHaveLength(1);
    expect(saved.size).toBe(0);
  });

  test('because the query is wrong is told with the reason, and not asked for again', async () => {
    const rejecting: FakeMetricsSource = {
      ...source,
      read: async (requests, signal) => {
        const answers = await source.read(requests, signal);
        return answers.map((answer, at) =>
          requests[at].workload.name === 'app-1' ? { kind: 'queryRejected', message: 'parse error' } : answer,
        );
      },
    };
    const result = await read(fleet(3), NEVER, rejecting);
    expect(result.refused).toEqual([{ workload: 'shop/app-1', message: 'parse error' }]);
    expect(result.read).toEqual(['shop/app-0', 'shop/app-2']);
    expect(source.batches).toHaveLength(1);
  });

  test.each([
    ['refuses', 'connection refused'],
    ['partial', 'one block is missing'],
  ] as const)(
    'because the source %s is tried again with growing pauses, then given up',
    async (fault, message) => {
      source.fault = fault;
      const result = await read(fleet(2));
      expect(result.failed).toEqual([
        { workload: 'shop/app-0', message },
        { workload: 'shop/app-1', message },
      ]);
      expect(clock.sleptSeconds).toEqual([1, 2, 4, 8, 16]);
      expect(saved.size).toBe(0);
    },
  );

  test('for a while is read once the source answers again', async () => {
    source.fault = 'refuses';
    const recovering: FakeMetricsSource = {
      ...source,
      read(requests, signal) {
        if (source.batches.length === 2) source.fault = undefined;
        return source.read(requests, signal);
      },
    };
    expect((await read(fleet(2), NEVER, recovering)).read).toHaveLength(2);
  });

  test('before the signal comes is left, and said to be', async () => {
    const stopping = new AbortController();
    const stopped: FakeMetricsSource = {
      ...source,
      read(requests, signal) {
        stopping.abort();
        return source.read(requests, signal);
      },
    };
    const { read: names, failed } = await read(fleet(1500), stopping.signal, stopped);
    expect(names.length + failed.length).toBe(1500);
    expect(failed.at(-1)).toEqual({ workload: 'shop/app-1499', message: 'not asked for yet' });
    expect(saved.size).toBe(names.length);
  });
});
