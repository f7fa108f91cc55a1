import { expect, test } from 'vitest';
import { recordedWorld } from '../../../../src/cli/replay/recorded-world.ts';
import { aPolicy } from '../../../builders/policy.ts';

/** With a delay of 30 s and staleAfter 2m. */
test.each([
  ['a minute', 60, 60, 120],
  ['five minutes, forecast minute by minute', 300, 60, 330],
  ['ten minutes, forecast in steps of ten', 600, 600, 630],
])(
  'rows of %s: no sample is stale before the next one can be there',
  async (_, rowSeconds, stepSeconds, staleAfterSeconds) => {
    const values = Float64Array.from({ length: 12 }, (__, row) => 20 + row);
    const recording = {
      name: 'shop',
      stepSeconds: rowSeconds,
      startAtMs: 0,
      columns: { arrivalRate: { startAtMs: 0, stepSeconds: rowSeconds, values } },
      notANumberSlots: {},
      warnings: [],
    };
    const policy = aPolicy({
      metrics: { delaySeconds: 30, staleAfterSeconds: 120 },
      capacity: { serviceRateRps: 10 },
      forecast: { stepSeconds },
    });
    const { world } = await recordedWorld(policy, recording, undefined);
    expect(world.policy.metrics.staleAfterSeconds).toBe(staleAfterSeconds);
  },
);
