import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  createHistoryBuffer,
  effectiveStepSeconds,
  type HistoryBuffer,
  MAX_REREAD_SECONDS,
} from '../../../src/observe/history-buffer.ts';
import type { SeriesAnswer } from '../../../src/observe/metrics-source.ts';

const STEP_MS = 60_000;
const START_MS = Date.UTC(2025, 6, 22, 8);
const FRESHNESS = { delaySeconds: 30, staleAfterSeconds: 120 };
const DELAY_MS = 30_000;
const DAY_SECONDS = 86_400;

function buffer(lookbackSeconds = DAY_SECONDS): HistoryBuffer {
  return createHistoryBuffer({ stepSeconds: 60, lookbackSeconds });
}

/** Slots counted from START_MS, with their values. */
function samples(
  slots: Readonly<Record<number, number>>,
  partialMessage: string | null = null,
): SeriesAnswer {
  const indexes = Object.keys(slots).map(Number);
  const startsAtMs = Float64Array.from(indexes, (index) => START_MS + index * STEP_MS);
  return {
    kind: 'samples',
    samples: { startsAtMs, values: Float64Array.from(Object.values(slots)) },
    partialMessage,
  };
}

/** The span of slots [0, slots), as an answer to which samples come. */
function upTo(slots: number) {
  return { fromMs: START_MS, toMs: START_MS + slots * STEP_MS };
}

function known(history: HistoryBuffer): (number | null)[] {
  return [...history.series().values].map((value) => (Number.isNaN(value) ? null : value));
}

describe('what is asked for', () => {
  test('the whole lookback while nothing is known, up to now - delay', () => {
    const history = buffer();
    const nowMs = START_MS + 12_345;
    const whole = { fromMs: nowMs - DELAY_MS - DAY_SECONDS * 1000, toMs: nowMs - DELAY_MS };
    expect(history.nextRequest(nowMs, FRESHNESS)).toEqual(whole);
    history.append({ kind: 'empty' }, whole);
    expect(history.nextRequest(nowMs, FRESHNESS)).toEqual(whole);
  });

  test('of a past that nobody waits for, the newest alone, and from then on what may come late', () => {
    const nowMs = START_MS + 200 * STEP_MS + DELAY_MS;
    const spanOf = (history: HistoryBuffer, atMs: number): number => {
      const { fromMs, toMs } = history.nextRequest(atMs, FRESHNESS, 'newest');
      return (toMs - fromMs) / STEP_MS;
    };
    const answered = (isPastOptional: boolean): number[] => {
      const history = createHistoryBuffer({ stepSeconds: 60, lookbackSeconds: DAY_SECONDS, isPastOptional });
      const first = history.nextRequest(nowMs, FRESHNESS, 'newest');
      history.append(samples({ 198: 1, 199: 2 }), first);
      return [(first.toMs - first.fromMs) / STEP_MS, spanOf(history, nowMs)];
    };
    expect(answered(true)).toEqual([30, 4]);
    expect(answered(false)).toEqual([30, 30]);
  });

  test('then what may come late: staleAfter and two steps', () => {
    const history = buffer();
    history.append(samples({ 0: 1, 1: 2, 2: 3 }), upTo(3));
    const toMs = START_MS + 3 * STEP_MS;
    expect(history.nextRequest(toMs + DELAY_MS, FRESHNESS)).toEqual({ fromMs: toMs - 240_000, toMs });
  });

  test('in a gap, everything since the last known slot, itself included', () => {
    const history = buffer();
    history.append(samples({ 0: 1 }), upTo(60));
    const toMs = START_MS + 60 * STEP_MS;
    expect(history.nextRequest(toMs + DELAY_MS, FRESHNESS)).toEqual({ fromMs: START_MS, toMs });
  });

  test('in a long gap, six hours and no more', () => {
    const history = buffer();
    history.append(samples({ 0: 1 }), upTo(600));
    const toMs = START_MS + 600 * STEP_MS;
    expect(history.nextRequest(toMs + DELAY_MS, FRESHNESS).fromMs).toBe(toMs - MAX_REREAD_SECONDS * 1000);
  });

  test.each<[string, SeriesAnswer]>([
    ['sourceDown', { kind: 'sourceDown', message: 'connection refused' }],
    ['queryRejected', { kind: 'queryRejected', message: 'parse error' }],
    ['a partial answer', samples({ 1: 5 }, 'a store is away')],
  ])('after %s, all that was not answered, however long ago, and nothing is taken over', (_what, fault) => {
    const history = buffer();
    history.append(samples({ 0: 1 }), upTo(1));
    const before = history.series();
    history.append(fault, upTo(600));
    expect(history.series()).toBe(before);
    const toMs = START_MS + 600 * STEP_MS;
    expect(history.nextRequest(toMs + DELAY_MS, FRESHNESS).fromMs).toBe(START_MS + STEP_MS);
  });

  test('never more than the lookback', () => {
    const history = buffer(3600);
    history.append(samples({ 0: 1 }), upTo(1));
    const nowMs = START_MS + 1_000 * STEP_MS;
    const { fromMs, toMs } = history.nextRequest(nowMs, FRESHNESS);
    expect(toMs - fromMs).toBe(3_600_000);
  });
});

describe('what is known', () => {
  test('ends where the answers end: a slot that the source has nothing for is no sample', () => {
    const history = buffer();
    history.append(samples({ 0: 1, 1: 2, 4: 5 }), upTo(7));
    expect(history.series().startAtMs).toBe(START_MS);
    expect(known(history)).toEqual([1, 2, null, null, 5, null, null]);
  });

  test('late and corrected samples are taken over, what an answer leaves out stays', () => {
    const history = buffer();
    history.append(samples({ 0: 1, 2: 3 }), upTo(3));
    history.append(samples({ 1: 2, 2: 30 }), upTo(3));
    history.append({ kind: 'empty' }, upTo(4));
    expect(known(history)).toEqual([1, 2, 30, null]);
  });

  test('what is not a number, infinite or negative is no sample, a zero is one', () => {
    const history = buffer();
    history.append(samples({ 0: 0, 1: Number.NaN, 2: Infinity, 3: -1, 4: 4 }), upTo(5));
    expect(known(history)).toEqual([0, null, null, null, 4]);
  });

  test('the grid has the phase of the source', () => {
    const history = buffer();
    const startsAtMs = Float64Array.of(START_MS + 53_000, START_MS + 113_000);
    const answer: SeriesAnswer = {
      kind: 'samples',
      samples: { startsAtMs, values: Float64Array.of(1, 2) },
      partialMessage: null,
    };
    history.append(answer, { fromMs: START_MS, toMs: START_MS + 200_000 });
    expect(history.series()).toEqual({
      startAtMs: START_MS + 53_000,
      stepSeconds: 60,
      values: Float32Array.of(1, 2),
    });
  });

  test('is the same object until an answer changes it, and a series handed out never changes', () => {
    const history = buffer();
    history.append(samples({ 0: 1, 1: 2 }), upTo(2));
    const first = history.series();
    history.append(samples({ 0: 1, 1: 2 }), upTo(2));
    expect(history.series()).toBe(first);
    history.append(samples({ 1: 9, 2: 3 }), upTo(3));
    expect([...first.values]).toEqual([1, 2]);
    expect(known(history)).toEqual([1, 9, 3]);
  });

  test('nothing at first', () => {
    expect(buffer().series().values).toHaveLength(0);
  });

  test('property: after any answers, the newest lookback of what they say, the last word on each slot', () => {
    const chunk = fc.record({
      skip: fc.nat(4),
      values: fc.array(fc.option(fc.nat(100), { nil: Number.NaN }), { minLength: 1, maxLength: 12 }),
    });
    fc.assert(
      fc.property(
        fc.array(chunk, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (chunks, slots) => {
          const history = buffer(slots * 60);
          const said = new Map<number, number>();
          let end = 0;
          for (const { skip, values } of chunks) {
            const from = Math.max(0, end - 3) + skip;
            const own = Object.fromEntries(values.map((value, index) => [from + index, value]));
            for (const [slot, value] of Object.entries(own)) said.set(Number(slot), value);
            end = Math.max(end, from + values.length);
            history.append(samples(own), upTo(end));
          }
          const { startAtMs, values } = history.series();
          const first = (startAtMs - START_MS) / STEP_MS;
          expect(values.length).toBeLessThanOrEqual(slots);
          expect(first + values.length).toBe(end);
          values.forEach((value, index) => expect(value).toEqual(said.get(first + index) ?? Number.NaN));
        },
      ),
    );
  });
});

test.each([
  [60, null, 60],
  [60, 60, 60],
  [60, 15, 60],
  [60, 300, 300],
  [90, 60, 120],
  [60, 3600, 3600],
  [300, 420, 420],
])('a policy step of %d s on a source of %d s is worked at %d s', (step, resolution, effective) => {
  expect(effectiveStepSeconds(step, resolution)).toBe(effective);
});
