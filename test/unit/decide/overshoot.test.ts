import { describe, expect, test } from 'vitest';
import type { OvershootRecord } from '../../../src/domain/overshoot.ts';
import { decisionText } from '../../../src/explain/to-text.ts';
import { createKnownNeeds } from '../../../src/size/known-needs.ts';
import { RATIO_EDGES } from '../../../src/size/overshoot-record.ts';
import { decided } from '../../builders/decision.ts';
import { aForecast } from '../../builders/forecast.ts';
import { WARM_MEMORY } from '../../builders/guard-input.ts';
import { anObservation, measured, NOW_MS } from '../../builders/observation.ts';

const PRICES = { cost: { perReplicaHour: 1, perViolation: 0.05 } };
/** A forecast that says anything up to ten times its median may come, as it mostly does not. */
const WIDE = aForecast(1000, {
  originAtMs: NOW_MS - 45_000,
  quantilesRps: aForecast(1000).quantilesRps.map((row) => row.map((rate, i) => (i > 8 ? 10 * rate : rate))),
});
/** All that ever came was at most 1.3 times what was expected. */
const CALM: OvershootRecord = {
  weights: RATIO_EDGES.map((edge) => (edge <= 1.3 ? 1000 : 0)),
  samples: 5000,
  forecastLossRps: 100,
  overshootLossRps: 20,
  highestRps: 5000,
  pending: [],
};
const decidedWith = (
  overshoot: OvershootRecord | undefined,
  measuredRps = 1000,
  knownNeeds = createKnownNeeds(),
) =>
  decided(
    {
      forecast: WIDE,
      knownNeeds,
      memory: { ...WARM_MEMORY, ...(overshoot && { overshoot }) },
      observation: anObservation({ arrivalRate: measured(measuredRps, NOW_MS - 30_000) }),
    },
    PRICES,
  );

describe('where so many times what is expected has served better than the quantiles', () => {
  test('it is sized for, for a fraction of the replicas, and told', () => {
    const { decision } = decidedWith(CALM);
    const { sizing } = decidedWith(undefined).decision;
    expect(decision.sizing?.replicas).toBeLessThan(0.3 * sizing!.replicas);
    expect(sizing?.overshoot).toBeUndefined();
    expect(decision.sizing?.overshoot).toMatchObject({ lossRatio: 0.2 });
    expect(decision.sizing?.overshoot?.ratio).toBeCloseTo(1.3, 1);
    expect(decisionText(decision)).toMatch(
      /\n {2}overshoot {2}1\.3\d* times what is expected, at most 75\d\d rps: /,
    );
  });

  test('no more than 1.5 times the highest load so far is sized for, and never less than what is expected', () => {
    const spiky = { ...CALM, weights: RATIO_EDGES.map((edge) => (edge <= 10 ? 1000 : 0)) };
    const replicasUpTo = (highestRps: number): number =>
      decidedWith({ ...spiky, highestRps }).decision.sizing!.replicas;
    expect(replicasUpTo(1000)).toBeLessThan(0.25 * replicasUpTo(100_000));
    expect(decidedWith({ ...spiky, highestRps: 1000 }).decision.sizing?.sizedForRps).toBeCloseTo(1500, -2);
    expect(decidedWith({ ...spiky, highestRps: 1 }).decision.sizing?.sizedForRps).toBeCloseTo(1500, -2);
  });

  test('the plan goes on as it is expected to', () => {
    const plan = decidedWith(CALM).decision.sizing?.plan ?? [];
    expect(Math.max(...plan.map(({ replicas }) => replicas))).toBeLessThanOrEqual(
      decidedWith(CALM).decision.sizing!.replicas,
    );
  });

  test('what is measured above the median is expected to stay', () => {
    const sizing = decidedWith(CALM, 1500).decision.sizing!;
    expect(sizing.surge).toMatchObject({ measuredRps: 1500, expectedRps: 1000 });
    expect(sizing.replicas / decidedWith(CALM).decision.sizing!.replicas).toBeCloseTo(1.5, 0);
  });

  test('where it has not served better the quantiles are sized for', () => {
    const worse = { ...CALM, overshootLossRps: 90 };
    expect(decidedWith(worse).decision.sizing).toEqual(decidedWith(undefined).decision.sizing);
  });

  test('what is remembered of the tick before changes nothing', () => {
    const knownNeeds = createKnownNeeds();
    for (const rate of [1000, 1000, 1400, 900, 1400])
      expect(decidedWith(CALM, rate, knownNeeds).decision.sizing).toEqual(
        decidedWith(CALM, rate).decision.sizing,
      );
  });

  test('every decision leaves what it expects, and is told what came of it a lead time later', () => {
    const first = decidedWith(undefined, 1200);
    const { pending } = first.memory.overshoot!;
    expect(pending).toEqual([
      { dueAtMs: NOW_MS + 105_000, expectedRps: 1200, forecastRps: 11_073.75, overshootRps: 1200 },
    ]);
    const { memory } = decided(
      {
        nowMs: NOW_MS + 105_000,
        forecast: { kind: 'unavailable', skipped: [] },
        memory: first.memory,
        observation: anObservation({ arrivalRate: measured(1800, NOW_MS + 75_000) }),
      },
      PRICES,
    );
    expect(memory.overshoot).toMatchObject({ samples: 1, pending: [] });
    expect(memory.overshoot!.weights[RATIO_EDGES.indexOf(1.5)]).toBe(1200);
  });

  test('after a gap what was expected before it is not asked about', () => {
    const { memory } = decidedWith(undefined);
    const after = decided({
      nowMs: NOW_MS + 3_600_000,
      memory,
      forecast: { kind: 'unavailable', skipped: [] },
    });
    expect(after.memory.overshoot).toMatchObject({ samples: 0, pending: [] });
  });
});
