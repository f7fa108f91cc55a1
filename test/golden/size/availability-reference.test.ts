import { describe, expect, test } from 'vitest';
import { enoughUpProbability, replicasForAvailability } from '../../../src/size/availability.ts';
import { replicasOutlasting } from '../../../src/size/scenario-loss.ts';
import { hasReference, referenceRows } from './reference-table.ts';

const ONE_OF_THREE_ZONES = { kind: 'ShareLost', lossRatio: 1 / 3 } as const;

describe.skipIf(!hasReference)('availability against the exact table (skipped where it is absent)', () => {
  test.each(referenceRows('availability_reference.csv'))(
    '$k_needed of replicas down $p_replica_unavailable of the time, target $target',
    (row) => {
      const needed = Number(row['k_needed']);
      const downProbability = Number(row['p_replica_unavailable']);
      const running = replicasForAvailability(needed, {
        downProbability,
        targetProbability: Number(row['target']),
      });
      expect(running).toBe(Number(row['n_independent']));
      const probability = enoughUpProbability(Number(row['n_independent']), needed, downProbability);
      // The table has twelve decimals.
      expect(Math.abs(probability - Number(row['p_at_n_independent']))).toBeLessThan(1e-12);
      expect(replicasOutlasting(ONE_OF_THREE_ZONES, needed, 1)).toBe(
        Number(row['n_min_survive_1_of_3_zones']),
      );
      expect(replicasOutlasting(ONE_OF_THREE_ZONES, running!, 1)).toBe(
        Number(row['n_survive_1_of_3_zones_and_target_after']),
      );
    },
  );
});
