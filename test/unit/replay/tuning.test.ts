import { expect, test } from 'vitest';
import type { ForecastResult } from '../../../src/domain/forecast.ts';
import { emptyTally, scoreOf, type RunScore } from '../../../src/replay/score.ts';
import { isBetter, mostPlays, tunePolicy } from '../../../src/replay/tuning/tune.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';
import { aPolicy } from '../../builders/policy.ts';

const unavailable: ForecastResult = { kind: 'unavailable', skipped: [] };

function tuned(rates: (row: number) => number, rows = 480) {
  const values = Float64Array.from({ length: rows }, (_, row) => rates(row));
  const history = { startAtMs: Date.UTC(2026, 0, 5), stepSeconds: 60, values };
  const world = refereeWorld(
    history,
    refereePolicy(60, 60, { behavior: { scaleDown: { stabilizationWindowSeconds: 600 } } }),
  );
  let plays = 0;
  const tuning = tunePolicy({ world, history, forecastAt: () => unavailable }, () => (plays += 1));
  expect(plays).toBeLessThanOrEqual(mostPlays(world.policy));
  return tuning;
}

test('a wave that goes on: what is better where it was searched is better on the rest, and each change says by how much', () => {
  const { verdict, choices, given, tuned: found } = tuned((row) => 300 + 200 * Math.sin(row / 40));
  expect(verdict).toBe('Proven');
  for (const { from, to, before, after } of choices) {
    expect(to).not.toBe(from);
    expect(after.cost.total).toBeLessThan(before.cost.total);
  }
  expect(found.searched.cost.total).toBeLessThan(given.searched.cost.total);
  expect(found.proven.cost.total).toBeLessThan(given.proven.cost.total);
});

test('what a calm first part promised, bursts on the rest refuse', () => {
  const burstsFrom = 300;
  const {
    verdict,
    given,
    tuned: found,
  } = tuned((row) => (row < burstsFrom ? 300 + 200 * Math.sin(row / 40) : row % 8 < 4 ? 100 : 600));
  expect(verdict).toBe('NotProven');
  expect(found.searched.cost.total).toBeLessThan(given.searched.cost.total);
});

test('the same recording gives the same tuning', () => {
  const wave = (row: number): number => 300 + 200 * Math.sin(row / 40);
  expect(tuned(wave)).toEqual(tuned(wave));
});

const PRICED = aPolicy({ slo: { objectiveRatio: 0.99 }, cost: { perReplicaHour: 1, perViolation: 0.01 } });
const UNPRICED = aPolicy({
  slo: { objectiveRatio: 0.99 },
  cost: { perReplicaHour: null, perViolation: null },
});

function aScore(hours: number, lateRatio: number): RunScore {
  const tally = {
    ...emptyTally(),
    requests: 1000,
    lateRequests: 1000 * lateRatio,
    paidReplicaSeconds: 3600 * hours,
  };
  return scoreOf(tally, 1, PRICED.cost);
}

test.each([
  [
    'cheaper, objective kept by both',
    PRICED,
    [
      [10, 0.001],
      [11, 0.001],
    ],
    true,
  ],
  [
    'as cheap but for a hair',
    PRICED,
    [
      [10.99, 0.001],
      [11, 0.001],
    ],
    false,
  ],
  [
    'cheaper in hours, dearer with what is late',
    PRICED,
    [
      [10.95, 0.009],
      [11, 0.001],
    ],
    false,
  ],
  [
    'without prices hours alone count',
    UNPRICED,
    [
      [10.9, 0.009],
      [11, 0.001],
    ],
    true,
  ],
  [
    'cheaper, and breaks the objective',
    PRICED,
    [
      [5, 0.02],
      [11, 0.001],
    ],
    false,
  ],
  [
    'dearer, and keeps what the other breaks',
    PRICED,
    [
      [20, 0.001],
      [11, 0.02],
    ],
    true,
  ],
  [
    'less late, where both break it',
    PRICED,
    [
      [20, 0.02],
      [11, 0.03],
    ],
    true,
  ],
] as const)('better: %s', (_, policy, [one, other], expected) => {
  expect(isBetter(aScore(one[0], one[1]), aScore(other[0], other[1]), policy)).toBe(expected);
});
