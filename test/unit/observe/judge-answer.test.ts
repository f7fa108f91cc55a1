import { describe, expect, test } from 'vitest';
import { judgeAnswer, staleAgeSeconds } from '../../../src/observe/judge-answer.ts';
import type { SeriesAnswer } from '../../../src/observe/metrics-source.ts';
import { NOW_MS } from '../../builders/observation.ts';

const FRESHNESS = { delaySeconds: 30, staleAfterSeconds: 120 };
const BY = { nowMs: NOW_MS, stepSeconds: 60, freshness: FRESHNESS };

/** Slots that end these seconds before now, with their values. */
function slots(...ended: [secondsAgo: number, value: number][]): SeriesAnswer {
  const startsAtMs = Float64Array.from(ended, ([secondsAgo]) => NOW_MS - (secondsAgo + 60) * 1000);
  const values = Float64Array.from(ended, ([, value]) => value);
  return { kind: 'samples', samples: { startsAtMs, values }, partialMessage: null };
}

const ago = (seconds: number): number => NOW_MS - seconds * 1000;

test.each<[string, SeriesAnswer, object]>([
  ['the newest complete slot', slots([90, 1], [30, 2]), { kind: 'value', value: 2, endsAtMs: ago(30) }],
  ['a zero', slots([30, 0]), { kind: 'value', value: 0, endsAtMs: ago(30) }],
  ['a slot younger than the delay is not used', slots([89, 1], [29, 2]), { kind: 'value', value: 1 }],
  ['only slots younger than the delay', slots([29, 2]), { kind: 'empty' }],
  ['as old as staleAfter', slots([120, 3]), { kind: 'value', value: 3 }],
  ['older than staleAfter', slots([121, 3]), { kind: 'stale', value: 3, endsAtMs: ago(121) }],
  ['NaN', slots([90, 1], [30, Number.NaN]), { kind: 'notANumber', endsAtMs: ago(30) }],
  ['NaN that a number followed', slots([90, Number.NaN], [30, 2]), { kind: 'value', value: 2 }],
  ['infinity', slots([30, Infinity]), { kind: 'notANumber' }],
  ['negative', slots([30, -1]), { kind: 'notANumber' }],
  ['old and NaN', slots([600, Number.NaN]), { kind: 'notANumber' }],
  ['no sample', { kind: 'empty' }, { kind: 'empty' }],
  [
    'partial',
    { ...slots([30, 2]), partialMessage: 'a store is away' } as SeriesAnswer,
    { kind: 'partial', message: 'a store is away' },
  ],
  ['rejected', { kind: 'queryRejected', message: 'm' }, { kind: 'queryRejected', message: 'm' }],
  ['down', { kind: 'sourceDown', message: 'm' }, { kind: 'sourceDown', message: 'm' }],
])('%s', (_what, answer, measurement) => {
  expect(judgeAnswer(answer, BY)).toMatchObject(measurement);
});

test('what is left of something may be negative, but not infinite', () => {
  const by = { ...BY, mayBeNegative: true };
  expect(judgeAnswer(slots([30, -1]), by)).toEqual({ kind: 'value', value: -1, endsAtMs: ago(30) });
  expect(judgeAnswer(slots([30, -Infinity]), by).kind).toBe('notANumber');
});

describe('a slot is stale when it is older than staleAfter and the next one was due', () => {
  test.each([
    [60, 120],
    [15, 120],
    [300, 330],
    [3600, 3630],
  ])('with steps of %d s, after %d s', (stepSeconds, afterSeconds) => {
    expect(staleAgeSeconds(stepSeconds, FRESHNESS)).toBe(afterSeconds);
    const startsAtMs = Float64Array.of(NOW_MS - stepSeconds * 1000);
    const answer: SeriesAnswer = {
      kind: 'samples',
      samples: { startsAtMs, values: Float64Array.of(5) },
      partialMessage: null,
    };
    const kindAfter = (seconds: number) =>
      judgeAnswer(answer, { nowMs: NOW_MS + seconds * 1000, stepSeconds, freshness: FRESHNESS }).kind;
    expect(kindAfter(afterSeconds)).toBe('value');
    expect(kindAfter(afterSeconds + 1)).toBe('stale');
  });
});
