import { expect, test } from 'vitest';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import { createFastReactive } from '../../../src/replay/baselines/fast-reactive.ts';
import { beginCandidates, playedCandidates, type Scored } from '../../../src/replay/played-candidate.ts';
import { baselinesFrom, playBaselines } from '../../../src/replay/rivals.ts';
import { refereePolicy, refereeWorld } from '../../bench/replay/referee-world.ts';

/** Two days at five minutes that rise and fall. */
const rows: TimeSeries = {
  startAtMs: Date.UTC(2026, 0, 5),
  stepSeconds: 300,
  values: Float64Array.from({ length: 576 }, (_, row) => 100 + 80 * Math.sin((2 * Math.PI * row) / 288)),
};
const world = refereeWorld(rows, refereePolicy(300, 180));
const candidates = [100, 6].map((targetRps) => ({
  family: 'fast-reactive' as const,
  name: 'fast-reactive',
  setting: `${targetRps}`,
  create: () => createFastReactive('fast-reactive', { targetRps, scaleDownWindowSeconds: 300 }),
}));
const told = ({ create: _, ...scored }: Scored) => scored;

test('a play in pieces comes to what it comes to at once', () => {
  const play = beginCandidates(world, candidates);
  const steps = world.path.steps;
  for (const step of [0, world.window.fromStep + 7, world.window.fromStep + 8, steps - 100, 2 * steps])
    play.playUntil(step);
  const atOnce = playedCandidates(world, candidates);
  expect(play.scored().map(told)).toEqual(atOnce.map(told));
  expect(atOnce[0].score.sloViolationRatio).toBeGreaterThan(atOnce[1].score.sloViolationRatio);
});

test('baselines that another thread has played are played again by the setting that they are told with', () => {
  const families = ['hpa', 'knative', 'static'] as const;
  const played = structuredClone(playBaselines(world, families));
  const { swept, constant } = baselinesFrom(world, families, played);
  const asked = ['hpa-tuned 25 %', 'hpa-tuned 90 %', 'hpa-default 80 %', 'knative 45 %'];
  const some = swept.filter(({ name, setting }) => asked.includes(`${name} ${setting}`));
  expect(some).toHaveLength(asked.length);
  for (const one of [...some, ...constant]) {
    const [again] = playedCandidates(world, [one]);
    expect(told(again)).toEqual(told(one));
  }
});

test('the HPA whose target follows from the objective can still scale up where that is met at 95 %', () => {
  const capacity = { serviceRateRps: 25, serversPerReplica: 8, dispatch: 'LeastRequests' } as const;
  const policy = refereePolicy(300, 180, { capacity, slo: { responseSeconds: 0.25 } });
  const busy = refereeWorld({ ...rows, values: rows.values.map((rate) => 100 * rate) }, policy);
  const { swept } = baselinesFrom(busy, ['hpa'], playBaselines(busy, ['hpa']));
  const { setting, score } = swept.find(({ name }) => name === 'hpa')!;
  expect(Number.parseFloat(setting)).toBeGreaterThan(80);
  expect(Number.parseFloat(setting)).toBeLessThan(100 / 1.1);
  expect(score.scaleUps).toBeGreaterThan(10);
  expect(score.sloViolationRatio).toBeLessThan(0.2);
});
