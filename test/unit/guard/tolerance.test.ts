import { expect, test } from 'vitest';
import { tolerance } from '../../../src/guard/tolerance.ts';
import { aGuardInput } from '../../builders/guard-input.ts';
import { anObservation } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

// The first two rows are KEP-4951's own example: 100 replicas at a ratio of 1.07.
test.each([
  ['+7 % within 10 %: stays', { current: 100, up: 0.1, down: 0.1, before: 107, after: 100 }],
  ['+7 % against 5 %: goes to 107', { current: 100, up: 0.05, down: 0.1, before: 107, after: 107 }],
  ['the edge belongs to it: +10 % of 10 %', { current: 10, up: 0.1, down: 0.1, before: 11, after: 10 }],
  ['just beyond the edge: +12 %', { current: 25, up: 0.1, down: 0.1, before: 28, after: 28 }],
  ['the lower edge belongs to it', { current: 10, up: 0, down: 0.1, before: 9, after: 10 }],
  ['-20 % against 10 %', { current: 10, up: 0, down: 0.1, before: 8, after: 8 }],
  ['each direction has its own: down 0', { current: 20, up: 0.5, down: 0, before: 19, after: 19 }],
  ['each direction has its own: up 50 %', { current: 20, up: 0.5, down: 0, before: 30, after: 20 }],
  ['tolerance 0 stops nothing', { current: 50, up: 0, down: 0, before: 51, after: 51 }],
  ['from 0 there is no ratio', { current: 0, up: 0.5, down: 0.5, before: 3, after: 3 }],
])('%s', (_name, { current, up, down, before, after }) => {
  const input = aGuardInput({
    observation: anObservation({ currentReplicas: current }),
    policy: aPolicy({
      maxReplicas: 200,
      behavior: { scaleUp: { toleranceRatio: up }, scaleDown: { toleranceRatio: down } },
    }),
  });
  const verdict = tolerance.judge(input, before);
  expect(verdict.afterReplicas).toBe(after);
  expect(verdict.reason).toBe(after === before ? 'ReadyForNewScale' : 'WithinTolerance');
});

test('the sentence has the numbers', () => {
  const policy = aPolicy({ behavior: { scaleUp: { toleranceRatio: 0.1 } } });
  const input = aGuardInput({ policy, observation: anObservation({ currentReplicas: 40 }) });
  expect(tolerance.judge(input, 43).message).toBe('a change of 7.5 % is within 10 %; keeps 40');
});
