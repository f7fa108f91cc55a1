import { expect, test } from 'vitest';
import { createConstant } from '../../../src/replay/baselines/constant.ts';
import { responseTimes } from '../../../src/replay/response-times.ts';
import { mmcQueue, mmcResponseTail } from '../../../src/size/mmc.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';

const rows = { startAtMs: 0, stepSeconds: 60, values: new Float64Array(240).fill(100) };
const world = refereeWorld(rows, refereePolicy(60, 60));

test('of a steady load they are those of its queue', () => {
  const times = responseTimes(world, createConstant('static', 12))!;
  const queue = mmcQueue(100, 10, 12)!;
  for (const [seconds, tail] of [
    [times.p50Seconds, 0.5],
    [times.p95Seconds, 0.05],
    [times.p99Seconds, 0.01],
  ])
    expect(mmcResponseTail(queue, seconds) / tail).toBeCloseTo(1, 1);
});

test('a backlog that only grows is in them', () => {
  expect(responseTimes(world, createConstant('static', 9))!.p50Seconds).toBeGreaterThan(60);
});

test('fewer replicas never answer sooner', () => {
  const [few, many] = [11, 14].map((count) => responseTimes(world, createConstant('static', count))!);
  expect(few.p99Seconds).toBeGreaterThan(many.p99Seconds);
  expect(few.p50Seconds).toBeGreaterThanOrEqual(many.p50Seconds);
});
