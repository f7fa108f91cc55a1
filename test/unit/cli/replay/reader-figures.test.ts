import { describe, expect, test } from 'vitest';
import { countText, responseTimeText } from '../../../../src/cli/replay/reader-figures.ts';

describe('a response time as a person reads it', () => {
  test.each([
    ['under a second', 0.2314, '231 ms'],
    ['some seconds', 36.608, '36.6 s'],
    ['an hour of overload', 4102.4, '1h8m22s'],
    ['never answered', Infinity, 'never'],
    ['nothing known', Number.NaN, 'never'],
  ])('%s', (_, seconds, text) => {
    expect(responseTimeText(seconds)).toBe(text);
  });
});

describe('a count as a person reads it', () => {
  test.each([
    [7.5, '7.5'],
    [811.6, '812'],
    [264853, '264853'],
    [2264853, '2.26 million'],
  ])('%d', (count, text) => {
    expect(countText(count)).toBe(text);
  });
});
