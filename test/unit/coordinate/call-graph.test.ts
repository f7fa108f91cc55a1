import { describe, expect, test } from 'vitest';
import { callCycles, callDepths, type CallNode } from '../../../src/coordinate/call-graph.ts';
import { isHeldBy, phasesOf, type Change } from '../../../src/coordinate/phases.ts';

/** "b<a" reads: b is called by a. */
function nodes(...edges: readonly string[]): readonly CallNode[] {
  return edges.map((edge) => {
    const [key, callers = ''] = edge.split('<');
    return { key, callers: callers === '' ? [] : callers.split(',') };
  });
}

describe('how far behind the front', () => {
  test.each([
    ['nobody calls anybody', ['a', 'b'], { a: 0, b: 0 }],
    ['a chain, in whatever order it is given', ['c<b', 'b<a', 'a'], { a: 0, b: 1, c: 2 }],
    ['a diamond: behind the longer way', ['d<a,c', 'c<b', 'b<a', 'a'], { a: 0, b: 1, c: 2, d: 3 }],
    ['a caller that nobody knows', ['b<x'], { b: 0 }],
    ['a cycle and what is behind it are left out', ['a<b', 'b<a', 'c<b', 'd'], { d: 0 }],
  ])('%s', (_name, edges, depths) => {
    expect(Object.fromEntries(callDepths(nodes(...edges)))).toEqual(depths);
  });
});

describe('cycles', () => {
  test.each([
    ['none', ['b<a', 'a'], {}],
    ['calls itself', ['a<a'], { a: ['a', 'a'] }],
    ['two that call each other', ['a<b', 'b<a'], { a: ['a', 'b', 'a'], b: ['b', 'a', 'b'] }],
    ['who only stands behind one is on none', ['a<a', 'b<a'], { a: ['a', 'a'] }],
    [
      'the shortest way back',
      ['a<b', 'b<c,a', 'c<a'],
      { a: ['a', 'b', 'a'], b: ['b', 'a', 'b'], c: ['c', 'a', 'b', 'c'] },
    ],
  ])('%s', (_name, edges, cycles) => {
    expect(Object.fromEntries(callCycles(nodes(...edges)))).toEqual(cycles);
  });
});

describe('the order in which changes are made', () => {
  const CHAIN = nodes('a', 'b<a', 'c<b', 'other');
  const change = (key: string, replicas: number): Change => ({
    ...CHAIN.find((node) => node.key === key)!,
    replicas,
  });
  const order = (...changes: readonly Change[]): string[] =>
    phasesOf(changes, CHAIN).map((phase) => phase.map(({ key }) => key).join(','));

  test('more from the back to the front, then fewer from the front to the back; who is apart goes first', () => {
    expect(order(change('a', 2), change('b', 3), change('c', 1), change('other', -4))).toEqual([
      'other',
      'c',
      'b',
      'a',
    ]);
    expect(order(change('c', -2), change('b', -3), change('a', -1))).toEqual(['a', 'b', 'c']);
    expect(order(change('a', -1), change('c', 2))).toEqual(['c', 'a']);
  });

  test.each([
    ['a callee without its replicas holds who calls it', change('a', 2), change('b', 2), true],
    ['by others too', change('a', 2), change('c', 2), true],
    ['a caller without its own holds nobody', change('c', 2), change('a', 2), false],
    ['a caller that has kept its replicas holds whom it calls', change('c', -2), change('a', -2), true],
    ['more is never held by what has not gone', change('b', 2), change('a', -2), false],
    ['who is apart holds nobody', change('a', 2), change('other', 2), false],
  ])('%s', (_name, next, undone, isHeld) => {
    expect(isHeldBy(next, undone, CHAIN)).toBe(isHeld);
  });
});
