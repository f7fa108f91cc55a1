import { afterAll, beforeAll, expect, test } from 'vitest';
import { seriesEndMs, slotStartMs, type TimeSeries } from '../../src/domain/time-series.ts';
import type { MetricName } from '../../src/domain/metric-name.ts';
import type { MetricsSource, SeriesAnswer, SeriesRequest } from '../../src/observe/metrics-source.ts';
import { gapKeepingQuery } from '../integration/prometheus/openmetrics.ts';

const STEP_SECONDS = 60;
const STEP_MS = STEP_SECONDS * 1000;
const START_MS = Date.UTC(1998, 5, 10, 4);
/** More than one range query takes. */
const SLOTS = 12_000;
const GAP_SLOTS = [100, 101, 102];
const ZERO_SLOT = 50;
const NAN_SLOT = 200;
const NEVER = new AbortController().signal;

function world(valueOf: (slot: number) => number): TimeSeries {
  return {
    startAtMs: START_MS,
    stepSeconds: STEP_SECONDS,
    values: Float64Array.from({ length: SLOTS }, (_, slot) => valueOf(slot)),
  };
}

/** What every source of this suite holds for one workload: a gap, a recorded zero and a sample that is not a number. */
export const WORLD = {
  workload: { namespace: 'shop', name: 'checkout' },
  notANumberSlots: [NAN_SLOT],
  arrivalRate: world((slot) => {
    if (GAP_SLOTS.includes(slot) || slot === NAN_SLOT) return Number.NaN;
    return slot === ZERO_SLOT ? 0 : slot + 0.5;
  }),
  latency: world((slot) => (slot < 10 ? slot / 100 : Number.NaN)),
};

/** The PromQL for a metric of the world, as it is back-filled. */
export function worldQuery(metric: MetricName): string {
  return gapKeepingQuery({ metric: WORLD_METRICS[metric] ?? 'nothing', labels: WORLD_LABELS }, STEP_SECONDS);
}
export const WORLD_LABELS = { workload: 'shop/checkout' };
export const WORLD_METRICS: Partial<Record<MetricName, string>> = {
  arrivalRate: 'arrival_rate_rps',
  latency: 'latency_seconds',
};

function ask(fromMs: number, toMs: number, metric: MetricName = 'arrivalRate'): SeriesRequest {
  return {
    workload: WORLD.workload,
    metric,
    query: worldQuery(metric),
    fromMs,
    toMs,
    stepSeconds: STEP_SECONDS,
  };
}

const slotMs = (slot: number): number => slotStartMs(WORLD.arrivalRate, slot);

/** Slot numbers and values of an answer; fails where it has no samples. */
function slotsOf(answer: SeriesAnswer | undefined): [slot: number, value: number][] {
  if (answer?.kind !== 'samples') throw new Error(`no samples: ${JSON.stringify(answer)}`);
  expect(answer.partialMessage).toBeNull();
  const { startsAtMs, values } = answer.samples;
  return [...startsAtMs].map((atMs, index) => [(atMs - START_MS) / STEP_MS, values[index]]);
}

/** What every metrics source keeps to: a recording, a Prometheus, and whatever comes later. `create` gives one that holds WORLD. */
export function metricsSourceContract(create: () => Promise<MetricsSource>): void {
  let source: MetricsSource;
  beforeAll(async () => {
    source = await create();
  });
  afterAll(() => source.close());
  const readOne = async (request: SeriesRequest) => (await source.read([request], NEVER))[0];

  test('answers with the slots that start and end inside the span', async () => {
    const answer = await readOne(ask(slotMs(3), slotMs(6)));
    expect(slotsOf(answer)).toEqual([
      [3, 3.5],
      [4, 4.5],
      [5, 5.5],
    ]);
  });

  test.each([
    ['a millisecond into a slot leaves that slot out', 3, 1, 6, 0, [4, 5]],
    ['a millisecond before a slot ends leaves that slot out', 3, 0, 6, -1, [3, 4]],
    ['one slot', 4, 0, 5, 0, [4]],
  ])('a span off the grid: %s', async (...row) => {
    const [, from, afterMs, to, beforeMs, slots] = row;
    const answer = await readOne(ask(slotMs(from) + afterMs, slotMs(to) + beforeMs));
    expect(slotsOf(answer).map(([slot]) => slot)).toEqual(slots);
  });

  test('a gap is missing, a zero is a zero, and what the source calls not a number is a sample', async () => {
    const answer = slotsOf(await readOne(ask(slotMs(49), slotMs(202))));
    const values = new Map(answer);
    for (const slot of GAP_SLOTS) expect(values.has(slot)).toBe(false);
    expect(values.get(ZERO_SLOT)).toBe(0);
    expect(values.get(NAN_SLOT)).toBeNaN();
    expect(answer).toHaveLength(202 - 49 - GAP_SLOTS.length);
  });

  test.each([
    ['in a gap', GAP_SLOTS[0], GAP_SLOTS.at(-1)! + 1],
    ['before the first slot', -10, 0],
    ['after the last slot', SLOTS, SLOTS + 10],
    ['with no whole slot inside', 5, 5],
    ['backwards', 9, 5],
  ])('%s the answer is empty', async (_where, from, to) => {
    expect(await readOne(ask(slotMs(from), slotMs(to)))).toEqual({ kind: 'empty' });
  });

  test('a metric that the source does not have is empty', async () => {
    expect(await readOne(ask(slotMs(0), slotMs(10), 'inFlight'))).toEqual({ kind: 'empty' });
  });

  test('answers in the order of the requests, also to the same one twice', async () => {
    const requests = [
      ask(slotMs(7), slotMs(8)),
      ask(slotMs(5), slotMs(6), 'latency'),
      ask(slotMs(5), slotMs(6), 'inFlight'),
      ask(slotMs(7), slotMs(8)),
      ask(slotMs(1), slotMs(2)),
    ];
    const answers = await source.read(requests, NEVER);
    expect(answers.map((answer) => (answer.kind === 'samples' ? slotsOf(answer) : answer.kind))).toEqual([
      [[7, 7.5]],
      [[5, 0.05]],
      'empty',
      [[7, 7.5]],
      [[1, 1.5]],
    ]);
  });

  test('a long history comes whole and in order', async () => {
    const { arrivalRate } = WORLD;
    const answer = slotsOf(await readOne(ask(arrivalRate.startAtMs, seriesEndMs(arrivalRate))));
    expect(answer).toHaveLength(SLOTS - GAP_SLOTS.length);
    for (const [slot, value] of answer) if (slot !== NAN_SLOT) expect(value).toBe(arrivalRate.values[slot]);
    expect(answer.every(([slot], index) => index === 0 || slot > answer[index - 1][0])).toBe(true);
  });

  test('nothing asked, nothing answered', async () => {
    expect(await source.read([], NEVER)).toEqual([]);
  });

  test('an aborted signal gives answers, not an exception', async () => {
    const answers = await source.read(
      [ask(slotMs(3), slotMs(6)), ask(slotMs(4), slotMs(6))],
      AbortSignal.abort(),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(['sourceDown', 'sourceDown']);
  });
}
