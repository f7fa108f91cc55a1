import { expect, test } from 'vitest';
import { labelSelectorText } from '../../../src/cluster/label-selector.ts';

test.each([
  ['labels', { matchLabels: { app: 'web', tier: 'front' } }, 'app=web,tier=front'],
  [
    'one of several values',
    { matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] },
    'tier in (a,b)',
  ],
  [
    'none of several values',
    { matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['a', 'b'] }] },
    'tier notin (a,b)',
  ],
  [
    'labels that are there or not',
    {
      matchExpressions: [
        { key: 'tier', operator: 'Exists' },
        { key: 'canary', operator: 'DoesNotExist' },
      ],
    },
    'tier,!canary',
  ],
  [
    'labels and expressions',
    { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
    'app=web,tier',
  ],
  ['everything', {}, ''],
])('%s', (_, selector, text) => {
  expect(labelSelectorText(selector)).toBe(text);
});
