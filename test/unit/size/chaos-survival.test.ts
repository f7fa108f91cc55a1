import { expect, test } from 'vitest';
import { CHAOS_MIXES, survivalOf, TOLERANCE } from '../../simulator/chaos-survival.ts';

/** The short form; a million draws: `npx tsx test/simulator/chaos-survival.ts`. */
const DRAWS = 20_000;

test('24 mixes of scenarios are there to be tried', () => {
  expect(CHAOS_MIXES).toHaveLength(24);
});

test.each(CHAOS_MIXES.map((mix, index) => ({ ...mix, seed: index + 1 })))(
  '$name: survives as often as it must, with at most one replica more than that takes',
  ({ seed, ...mix }) => {
    const { replicas, exactReplicas, worstMargin } = survivalOf(mix, DRAWS, seed);
    expect(worstMargin).toBeGreaterThanOrEqual(-TOLERANCE);
    expect(replicas).toBeGreaterThanOrEqual(exactReplicas);
    expect(replicas).toBeLessThanOrEqual(exactReplicas + 1);
  },
);
