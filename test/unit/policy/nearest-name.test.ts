import { expect, test } from 'vitest';
import { editDistance, nearestTo } from '../../../src/policy/nearest-name.ts';

test.each([
  ['', '', 0],
  ['abc', '', 3],
  ['kitten', 'sitting', 3],
  ['replicas', 'replicas', 0],
  ['flaw', 'lawn', 2],
])('from "%s" to "%s" it takes %i edits', (a, b, edits) => {
  expect(editDistance(a, b)).toBe(edits);
  expect(editDistance(b, a)).toBe(edits);
});

test.each([
  ['minReplica', 'minReplicas'],
  ['MAXREPLICAS', 'maxReplicas'],
  ['maxReplcas', 'maxReplicas'],
  ['cats', undefined],
  ['min', undefined],
  ['x'.repeat(100_000), undefined],
])('%s was meant as %s', (name, expected) => {
  expect(nearestTo(name, ['minReplicas', 'maxReplicas', 'mode', 'cost'])).toBe(expected);
});
