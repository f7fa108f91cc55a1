import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRecording } from '../../../src/observe/recording/load-recording.ts';
import type { ReplayAutoscaler } from '../../../src/replay/autoscaler.ts';
import { createFastReactive } from '../../../src/replay/baselines/fast-reactive.ts';
import { createHpa } from '../../../src/replay/baselines/hpa.ts';
import { createKeda } from '../../../src/replay/baselines/keda.ts';
import { createKnative } from '../../../src/replay/baselines/knative.ts';
import { createPlanned, highestAhead } from '../../../src/replay/baselines/planned.ts';
import { neededAt } from '../../../src/replay/needed-path.ts';
import { playAll, type ReplayWorld } from '../../../src/replay/play.ts';
import { addTallies, scoreOf } from '../../../src/replay/score.ts';
import { refereePolicy, refereeRows, refereeWorld } from '../../bench/replay/referee-world.ts';

/**
 * referee.json: what an independent simulation in Python (numpy) says of the same rules in the same physics, five
 * digits. Steady web load, a queue that is on and off, five-minute rows with gaps.
 */
interface Golden {
  readonly recording: string;
  readonly startupSeconds: number;
  readonly policy: string;
  readonly targetRatio: number | null;
  readonly replicaHours: number;
  readonly lateRatio: number;
  readonly maxReplicas: number;
  readonly instabilityRatio: number;
}

const TRACES = '../shared/traces';
const GOLDENS = JSON.parse(readFileSync('test/golden/replay/referee.json', 'utf8')) as readonly Golden[];
/** Mostly all five digits; a target may be missed by a hair of rounding, and a pod more or less follows. */
const MOST_HOURS_RATIO = 0.001;
const MOST_LATE_RATIO = 0.005;

function autoscalerFor(world: ReplayWorld, { policy, targetRatio }: Golden): ReplayAutoscaler {
  const scaleDownWindowSeconds = 300;
  const targetRps = (targetRatio ?? 1) * world.model.serviceRateRps;
  switch (policy) {
    case 'hpa':
      // The referee measures exactly; in whole percents HPA does not.
      return createHpa('hpa', {
        target: { type: 'AverageValue', ratio: targetRatio ?? 1 },
        scaleDownWindowSeconds,
      });
    case 'keda':
      return createKeda('keda', { targetRps, scaleDownWindowSeconds });
    case 'knative':
      return createKnative('knative', { targetRps });
    case 'fast-reactive':
      return createFastReactive('fast-reactive', { targetRps, scaleDownWindowSeconds });
    default:
      return createPlanned(
        'oracle',
        highestAhead((step) => Math.max(1, neededAt(world.needed, step)), {
          steps: world.policy.capacity.startupSeconds / 15,
          untilStep: world.path.steps,
        }),
      );
  }
}

describe('agrees with an independent simulation', () => {
  const recordings = [...new Set(GOLDENS.map(({ recording }) => recording))];
  test
    .skipIf(!existsSync(TRACES))
    .each(recordings.flatMap((name) => [60, 600].map((startup) => [name, startup] as const)))(
    '%s with a start-up of %i s (skipped where ../shared is absent)',
    async (name, startupSeconds) => {
      const recording = await loadRecording(join(TRACES, `${name}.csv`));
      const rows = refereeRows(recording.columns.arrivalRate);
      const world = refereeWorld(rows, refereePolicy(rows.stepSeconds, startupSeconds));
      const goldens = GOLDENS.filter(
        (golden) => golden.recording === name && golden.startupSeconds === startupSeconds,
      );
      const played = playAll(
        world,
        goldens.map((golden) => autoscalerFor(world, golden)),
      );
      goldens.forEach((golden, i) => {
        const { tally } = played[i];
        const score = scoreOf(addTallies(tally.days), tally.maxReplicas(), world.policy.cost);
        const label = `${golden.policy} ${golden.targetRatio}`;
        expect(Math.abs(score.replicaHours / golden.replicaHours - 1), label).toBeLessThan(MOST_HOURS_RATIO);
        expect(Math.abs(score.sloViolationRatio / golden.lateRatio - 1), label).toBeLessThan(MOST_LATE_RATIO);
        expect(score.maxReplicas, label).toBe(golden.maxReplicas);
        expect(score.instabilityRatio, label).toBeCloseTo(golden.instabilityRatio, 3);
      });
    },
  );
});
