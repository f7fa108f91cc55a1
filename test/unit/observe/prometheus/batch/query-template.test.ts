import { describe, expect, test } from 'vitest';
import { templateOf } from '../../../../../src/observe/prometheus/batch/query-template.ts';

/** The query for `app` being a or b, in one. */
function forBoth(query: string): string | undefined {
  return templateOf(query)?.render(new Map([['app', ['a', 'b']]]));
}

describe('a query for many is the query of one with the label everywhere it would be lost', () => {
  test.each([
    ['a selector', 'x{app="a"}', 'x{app=~"a|b"}'],
    ['other matchers', 'x{job!="j",app="a",le=~"1|2"}', 'x{job!="j",app=~"a|b",le=~"1|2"}'],
    ['a sum', 'sum(x{app="a"})', 'sum by (app)(x{app=~"a|b"})'],
    ['capitals', 'SUM(rate(x{app="a"}[2m]))', 'SUM by (app)(rate(x{app=~"a|b"}[2m]))'],
    ['a list in front', 'sum by (pod) (x{app="a"})', 'sum by (pod, app) (x{app=~"a|b"})'],
    ['a list behind', 'sum(x{app="a"}) by (pod)', 'sum(x{app=~"a|b"}) by (pod, app)'],
    ['an empty list', 'sum by () (x{app="a"})', 'sum by (app) (x{app=~"a|b"})'],
    ['the label in the list', 'max by (app) (x{app="a"})', 'max by (app) (x{app=~"a|b"})'],
    ['without another label', 'sum without (pod) (x{app="a"})', 'sum without (pod) (x{app=~"a|b"})'],
    [
      'aggregations in each other',
      'sum(max by (pod) (rate(x{app="a"}[1m] offset 5m)))',
      'sum by (app)(max by (pod, app) (rate(x{app=~"a|b"}[1m] offset 5m)))',
    ],
    [
      'a quantile of buckets',
      'histogram_quantile(0.95, sum by (le) (rate(x{app="a"}[5m])))',
      'histogram_quantile(0.95, sum by (le, app) (rate(x{app=~"a|b"}[5m])))',
    ],
    [
      'a ratio of two sums',
      'sum(x{app="a"}) / sum(y{app="a"}) * 100',
      'sum by (app)(x{app=~"a|b"}) / sum by (app)(y{app=~"a|b"}) * 100',
    ],
    [
      'matching on a label',
      'sum(x{app="a"} * on(pod) group_left(node) y{app="a"})',
      'sum by (app)(x{app=~"a|b"} * on(pod, app) group_left(node) y{app=~"a|b"})',
    ],
    ['a subquery', 'max_over_time(x{app="a"}[5m:1m])', 'max_over_time(x{app=~"a|b"}[5m:1m])'],
    ['a sign and brackets', '-(1 - x{app="a"})', '-(1 - x{app=~"a|b"})'],
    ['a quantile over series', 'quantile(0.9, x{app="a"})', 'quantile by (app)(0.9, x{app=~"a|b"})'],
    ['single quotes', "sum(x{app='a'})", 'sum by (app)(x{app=~"a|b"})'],
  ])('%s', (_, query, expected) => {
    expect(forBoth(query)).toBe(expected);
  });
});

describe('a query is asked by itself where values of a label could meet, or nobody knows', () => {
  test.each([
    ['no selector', 'vector(1)'],
    ['no label', 'sum(x)'],
    ['a fallback without labels', 'sum(x{app="a"}) or vector(0)'],
    ['a label of one selector only', 'sum(x{app="a"}) / sum(y)'],
    ['two values', 'sum(x{app="a"}) / sum(y{app="b"})'],
    ['a pattern', 'sum(x{app=~"a"})'],
    ['no value', 'sum(x{app=""})'],
    ['a value with an escape', String.raw`sum(x{app="a\n"})`],
    ['the label matched twice', 'sum(x{app="a",app=~"a|b"})'],
    ['the label dropped', 'sum without (app) (x{app="a"})'],
    ['the label ignored', 'x{app="a"} / ignoring(app) y{app="a"}'],
    ['the label copied', 'x{app="a"} * on(pod) group_left(app) y{app="a"}'],
    ['the label made anew', 'label_replace(x{app="a"}, "app", "b", "", "")'],
    ['series made of nothing', 'absent(x{app="a"})'],
    ['one number of many series', 'sum(x{app="a"}) * scalar(y{app="a"})'],
    ['the largest ones', 'topk(1, x{app="a"})'],
    ['a fixed instant', 'sum(x{app="a"} @ end())'],
    ['the name as a label', 'rate({__name__="x"}[1m])'],
    ['the bound of a bucket', 'sum(rate(x{le="0.5"}[1m]))'],
    ['no PromQL', 'sum(x{app="a"}'],
    ['an unclosed list', 'sum by (pod (x{app="a"})'],
    ['nothing', ''],
  ])('%s', (_, query) => {
    expect(templateOf(query)).toBeNull();
  });
});

test('queries are kindred when they differ in values of labels, and in nothing else', () => {
  const key = (query: string): string | undefined => templateOf(query)?.key;
  const one = key('sum(rate(x{ns="shop",app="a"}[2m]))');
  expect(key('sum(rate(x{ns="bank",app="b"}[2m]))')).toBe(one);
  expect(key('sum(rate(x{ns="shop",app="a"}[5m]))')).not.toBe(one);
  expect(key('sum(rate(y{ns="shop",app="a"}[2m]))')).not.toBe(one);
  expect(key('sum(rate(x{ns="shop",pod="a"}[2m]))')).not.toBe(one);
});

test('a value is matched as it is, whatever a pattern would make of it', () => {
  const values = ['a.b', 'c|d', '(e)*', 'f"g', String.raw`h\i`];
  const query = templateOf('x{app="a"}')!.render(new Map([['app', values]]));
  const pattern = JSON.parse(query.slice('x{app=~'.length, -1)) as string;
  const matches = (text: string): boolean => new RegExp(`^(?:${pattern})$`).test(text);
  expect(values.map(matches)).toEqual(values.map(() => true));
  expect(['axb', 'c', 'd', 'e', 'eee'].map(matches)).toEqual([false, false, false, false, false]);
});
