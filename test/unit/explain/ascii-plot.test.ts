import { describe, expect, test } from 'vitest';
import { barPlot, linePlot } from '../../../src/explain/ascii-plot.ts';

describe('bar plot', () => {
  test('bars are to scale, labels right-aligned, notes behind', () => {
    expect(
      barPlot(
        [
          { label: '9', value: 4, note: 'four' },
          { label: '10', value: 2 },
          { label: '11', value: 0 },
        ],
        4,
      ),
    ).toBe(' 9 │████ four\n10 │██ 2\n11 │ 0');
  });
  test('a value that is far smaller than the largest still shows', () => {
    expect(
      barPlot(
        [
          { label: 'a', value: 1000 },
          { label: 'b', value: 0.001 },
        ],
        10,
      ).split('\n')[1],
    ).toBe('b │▏ 0.001');
  });
  test('no value draws no bar', () => {
    expect(barPlot([{ label: 'a', value: Number.NaN }])).toBe('a │ -');
  });
});

describe('line plot', () => {
  test('a rising line goes from bottom left to top right', () => {
    expect(
      linePlot([{ mark: '*', values: [0, 1, 2] }], {
        widthCells: 3,
        heightCells: 3,
        axisEnds: ['a', 'b'],
      }),
    ).toBe(['2 │  *', '  │ *', '0 │*', '  └───', '   a b'].join('\n'));
  });
  test('a one-sample peak among thousands is still at the top', () => {
    const values = new Array<number>(5000).fill(1);
    values[3333] = 9;
    expect(linePlot([{ mark: '*', values }]).split('\n')[0]).toMatch(/^9 │ +\*$/);
  });
  test('gaps stay empty', () => {
    const plot = linePlot([{ mark: '*', values: [1, Number.NaN, 1] }], { widthCells: 3, heightCells: 1 });
    expect(plot.split('\n')[0]).toBe('1 │* *');
  });
  test('nothing to draw is an empty text', () => {
    expect(linePlot([{ mark: '*', values: [] }])).toBe('');
    expect(linePlot([{ mark: '*', values: [Number.NaN] }])).toBe('');
  });
});
