import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { recordedWorld } from '../../../../src/cli/replay/recorded-world.ts';
import { aPolicy } from '../../../builders/policy.ts';

function aRecording(rowSeconds: number, columns: Readonly<Record<string, readonly number[]>> = {}) {
  const seriesOf = (values: readonly number[]) => ({
    startAtMs: 0,
    stepSeconds: rowSeconds,
    values: Float64Array.from(values),
  });
  const arrivalRate = seriesOf(Array.from({ length: 12 }, (_, row) => 20 + row));
  const others = Object.entries(columns).map(([name, values]) => [name, seriesOf(values)] as const);
  return {
    name: 'shop',
    stepSeconds: rowSeconds,
    startAtMs: 0,
    columns: { arrivalRate, ...Object.fromEntries(others) },
    notANumberSlots: {},
    warnings: [],
  };
}

/** With a delay of 30 s and staleAfter 2m. */
test.each([
  ['a minute', 60, 60, 120],
  ['five minutes, forecast minute by minute', 300, 60, 330],
  ['ten minutes, forecast in steps of ten', 600, 600, 630],
])(
  'rows of %s: no sample is stale before the next one can be there',
  async (_, rowSeconds, stepSeconds, staleAfterSeconds) => {
    const policy = aPolicy({
      metrics: { delaySeconds: 30, staleAfterSeconds: 120 },
      capacity: { serviceRateRps: 10 },
      forecast: { stepSeconds },
    });
    const { world } = await recordedWorld(policy, aRecording(rowSeconds), undefined);
    expect(world.policy.metrics.staleAfterSeconds).toBe(staleAfterSeconds);
  },
);

describe('how long a replica takes to start', () => {
  /** Nineteen are ready after a minute, the last one after five. */
  const counts = {
    replicas: [1, 20, 20, 21, 21, 21, 21, 21, 21, 21, 21, 21],
    readyReplicas: [1, 1, 20, 20, 20, 20, 20, 20, 21, 21, 21, 21],
  };
  const physicsFile = join(mkdtempSync(join(tmpdir(), 'recorded-world-')), 'physics.json');
  writeFileSync(physicsFile, JSON.stringify({ startupSeconds: 45 }));
  afterAll(() => rmSync(dirname(physicsFile), { recursive: true }));
  const learns = { serviceRateRps: 10, startupSeconds: 120, learnsStartup: true } as const;
  const gives = { serviceRateRps: 10, startupSeconds: 90 };
  test.each([
    [
      'the policy says',
      { capacity: gives, counts, physicsFile: undefined },
      { source: 'given', seconds: [90], decidedWith: 90 },
    ],
    [
      'the recording tells, one late start is not believed',
      { capacity: learns, counts, physicsFile: undefined },
      { source: 'recorded', seconds: [60, 300], decidedWith: 60 },
    ],
    [
      'the physics say, whatever the recording tells',
      { capacity: learns, counts, physicsFile },
      { source: 'given', seconds: [45], decidedWith: 45 },
    ],
    [
      'nobody says',
      { capacity: learns, counts: {}, physicsFile: undefined },
      { source: 'assumed', seconds: [120], decidedWith: 120 },
    ],
  ])('%s', async (_, given, expected) => {
    const policy = aPolicy({ capacity: given.capacity, forecast: { stepSeconds: 60 } });
    const { world, startupSource } = await recordedWorld(
      policy,
      aRecording(60, given.counts),
      given.physicsFile,
    );
    expect({
      source: startupSource,
      seconds: [...new Set(world.physics.startup.seconds)],
      decidedWith: world.policy.capacity.startupSeconds,
    }).toEqual(expected);
    expect(world.policy.capacity.learnsStartup).toBeUndefined();
  });
});
