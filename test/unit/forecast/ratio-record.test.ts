import { describe, expect, test } from 'vitest';
import { RatioRecord } from '../../../src/forecast/ratio-record.ts';

/** `count` outcomes of `ratio(i)` times 100 requests per second. */
function recorded(count: number, ratio: (index: number) => number, keptRatio = 1): RatioRecord {
  const record = new RatioRecord();
  for (let i = 0; i < count; i += 1) record.add(100 * ratio(i), 100, keptRatio);
  return record;
}

describe('how many times what was expected came', () => {
  test('as much as was expected, before anything is known', () => {
    expect(new RatioRecord().ratioAt(0.99)).toBe(1);
  });

  test.each([
    [0.5, 1.5],
    [0.9, 1.9],
    [0.99, 1.99],
  ])('evenly between 1 and 2: at the share of %d it is %d, to an eighth of an octave', (level, ratio) => {
    const record = recorded(1000, (i) => 1 + i / 1000);
    expect(Math.abs(Math.log2(record.ratioAt(level) / ratio))).toBeLessThan(1 / 8);
  });

  test('of few outcomes a high share is all that was seen, and more', () => {
    expect(recorded(20, (i) => (i === 7 ? 4 : 1)).ratioAt(0.99)).toBeGreaterThanOrEqual(4);
  });

  test('old outcomes are forgotten', () => {
    const record = recorded(200, (i) => (i < 100 ? 8 : 1), 0.9);
    expect(record.ratioAt(0.9)).toBeLessThan(1.2);
  });

  test('nothing is learnt where nothing was expected', () => {
    const record = new RatioRecord();
    record.add(100, 0, 1);
    expect(record.samples).toBe(0);
  });

  test('what goes beyond all edges counts as the outermost', () => {
    expect(recorded(100, () => 1e6).ratioAt(0.5)).toBeLessThanOrEqual(32);
    expect(recorded(100, () => 0).ratioAt(0.99)).toBeGreaterThan(0);
  });
});
