import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  evaluationFor,
  MAX_POINTS,
  splitEvaluation,
} from '../../../../src/observe/prometheus/evaluation-instants.ts';

const NOON_MS = Date.UTC(2025, 6, 22, 12);
const at = (seconds: number): number => NOON_MS + seconds * 1000;

describe('a slot is evaluated at its end, on the grid of its step', () => {
  test.each([
    ['three minutes', [0, 180], [60, 180]],
    ['one minute', [0, 60], [60, 60]],
    ['off the grid, the whole slots inside', [-1, 200], [60, 180]],
    ['a little after a border', [1, 180], [120, 180]],
  ] as const)('%s', (_what, [from, to], [start, end]) => {
    expect(evaluationFor({ fromMs: at(from), toMs: at(to), stepSeconds: 60 })).toEqual({
      startMs: at(start),
      endMs: at(end),
      stepMs: 60_000,
    });
  });

  test.each([
    [0, 59],
    [1, 61],
    [60, 60],
    [120, 0],
  ])('no slot from %d s to %d s, no evaluation', (from, to) => {
    expect(evaluationFor({ fromMs: at(from), toMs: at(to), stepSeconds: 60 })).toBeUndefined();
  });
});

test('property: parts hold at most what Prometheus takes, and together every instant once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 9 }), (points, maxPoints) => {
      const evaluation = { startMs: NOON_MS, endMs: NOON_MS + (points - 1) * 60_000, stepMs: 60_000 };
      const instants = splitEvaluation(evaluation, maxPoints).flatMap(({ startMs, endMs, stepMs }) => {
        const count = (endMs - startMs) / stepMs + 1;
        expect(count).toBeLessThanOrEqual(maxPoints);
        return Array.from({ length: count }, (_, index) => startMs + index * stepMs);
      });
      expect(instants).toEqual(Array.from({ length: points }, (_, index) => NOON_MS + index * 60_000));
    }),
  );
});

test('two weeks of minutes are two parts', () => {
  const evaluation = { startMs: NOON_MS, endMs: NOON_MS + 20_159 * 60_000, stepMs: 60_000 };
  expect(splitEvaluation(evaluation).map(({ startMs, endMs }) => (endMs - startMs) / 60_000 + 1)).toEqual([
    MAX_POINTS,
    20_160 - MAX_POINTS,
  ]);
});
