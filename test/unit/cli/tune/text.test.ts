import { expect, test } from 'vitest';
import { tuningText } from '../../../../src/cli/tune/text.ts';
import { emptyTally, scoreOf, type RunScore } from '../../../../src/replay/score.ts';
import type { Tuning } from '../../../../src/replay/tuning/tune.ts';
import { aPolicy } from '../../../builders/policy.ts';

const { cost } = aPolicy();

function aScore(hours: number): RunScore {
  return scoreOf({ ...emptyTally(), requests: 1000, paidReplicaSeconds: 3600 * hours }, 1, cost);
}

/** From 10 to 9 replica-hours on both parts; by days within the interval. */
function proven(lower: number, upper: number): Tuning {
  const [before, after] = [aScore(10), aScore(9)];
  const interval = { lower, upper };
  return {
    verdict: 'Proven',
    choices: [{ path: ['spec', 'x'], meaning: 'of no matter', from: 0, to: 1, before, after }],
    given: { searched: before, proven: before },
    tuned: { searched: after, proven: after },
    intervals: { days: 5, replicaHoursRatio: interval, costRatio: interval, violationDifference: interval },
  };
}

test.each([
  ['days that all agree', 0.85, 0.95, false],
  ['days of which some are dearer', 0.85, 1.02, true],
  ['dearer on all days, since it is less late', 1.02, 1.1, false],
])('%s', (_, lower, upper, isLuck) => {
  const text = tuningText({ recording: 'shop', tuning: proven(lower, upper), written: null }, cost);
  expect(text).toContain('verdict: proven');
  expect(text.includes('luck')).toBe(isLuck);
});
