import { expect, test } from 'vitest';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { compare, pointOf } from '../../../src/replay/compare.ts';
import { SWEPT_FAMILIES } from '../../../src/replay/families.ts';
import { hoursAt } from '../../../src/replay/frontier.ts';
import { playedCandidates } from '../../../src/replay/played-candidate.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';

/** Two days at a minute that leap to six times as much for half an hour of every two. */
const rows: TimeSeries = {
  startAtMs: Date.UTC(2026, 0, 5),
  stepSeconds: 60,
  values: Float64Array.from({ length: 2880 }, (_, row) => (row % 120 < 30 ? 600 : 100)),
};
const world = refereeWorld(rows, refereePolicy(60, 60));

test('the best HPA is sought among those on utilization and those on requests, which a leap cannot saturate', () => {
  const hpa = SWEPT_FAMILIES.find(({ name }) => name === 'hpa')!;
  const scored = playedCandidates(
    world,
    hpa.variants(world).map((variant) => ({ family: 'hpa', name: 'hpa', ...variant })),
  );
  const at = (asked: string) => scored.find(({ setting }) => setting === asked)!.score;
  const [byRequests, byUtilization] = [at('60 %, by requests'), at('60 %')];
  expect(byRequests.sloViolationRatio).toBeLessThan(byUtilization.sloViolationRatio);
  expect(byRequests.replicaHours).toBeLessThan(byUtilization.replicaHours);
  const { frontiers, floorRatio } = compare({
    world,
    history: rows,
    forecastAt: () => ({ kind: 'unavailable', skipped: [] }),
    families: ['hpa'],
    plugins: [],
  });
  const { excessRatio } = pointOf(byRequests, floorRatio);
  expect(hoursAt(frontiers.get('hpa')!, excessRatio)).toBeLessThanOrEqual(byRequests.replicaHours);
});
