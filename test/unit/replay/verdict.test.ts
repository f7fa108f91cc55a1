import { describe, expect, test } from 'vitest';
import { pairedIntervals } from '../../../src/replay/bootstrap.ts';
import type { ComparedPolicy, Comparison } from '../../../src/replay/compare.ts';
import { createConstant } from '../../../src/replay/baselines/constant.ts';
import { frontierOf } from '../../../src/replay/frontier.ts';
import { judgeRequirement, parseRequirement } from '../../../src/replay/requirement.ts';
import { addTallies, emptyTally, scoreOf, type Tally } from '../../../src/replay/score.ts';
import { verdictOf } from '../../../src/replay/verdict.ts';
import { aPolicy } from '../../builders/policy.ts';

const { cost, slo } = aPolicy();

function aDay(replicaHours: number, lateRatio: number): Tally {
  const requests = 1e6;
  return {
    ...emptyTally(),
    steps: 5760,
    seconds: 86_400,
    requests,
    lateRequests: requests * lateRatio,
    paidReplicaSeconds: replicaHours * 3600,
  };
}

function policyOf(name: string, days: readonly Tally[]): ComparedPolicy {
  const score = scoreOf(addTallies(days), 10, cost);
  const create = () => createConstant(name, 1);
  return { name, setting: '', score, days, worstEpisode: undefined, create };
}

describe('intervals by days', () => {
  test('equal days leave no doubt', () => {
    const own = Array.from({ length: 5 }, () => aDay(90, 0.01));
    const other = Array.from({ length: 5 }, () => aDay(100, 0.02));
    const { days, replicaHoursRatio, violationDifference } = pairedIntervals(own, other, cost, 1)!;
    expect(days).toBe(5);
    expect(replicaHoursRatio.lower).toBeCloseTo(0.9, 12);
    expect(replicaHoursRatio.upper).toBeCloseTo(0.9, 12);
    expect(violationDifference.lower).toBeCloseTo(-0.01, 12);
  });
  test('one lucky day among five is told: the interval holds both sides', () => {
    const own = [50, 101, 101, 101, 101].map((hours) => aDay(hours, 0.01));
    const other = Array.from({ length: 5 }, () => aDay(100, 0.01));
    const { replicaHoursRatio } = pairedIntervals(own, other, cost, 1)!;
    expect(replicaHoursRatio.lower).toBeLessThan(0.9);
    expect(replicaHoursRatio.upper).toBeGreaterThan(1);
    expect(pairedIntervals(own, other, cost, 1)!.replicaHoursRatio).toEqual(replicaHoursRatio);
  });
  test('two days are too few to draw from', () => {
    expect(pairedIntervals([aDay(1, 0), aDay(1, 0)], [aDay(1, 0), aDay(1, 0)], cost, 1)).toBeUndefined();
  });
});

describe('a requirement', () => {
  const own = policyOf('prescale', [aDay(90, 0.008)]);
  const hpa = policyOf('hpa', [aDay(100, 0.01)]);
  test.each([
    ['violations <= hpa', 'kept'],
    ['violations < hpa', 'kept'],
    ['violations <= 0.5*hpa', 'broken'],
    ['violations <= 0.008', 'kept'],
    ['violations < 0.008', 'broken'],
    ['replicaHours <= 0.9 * hpa', 'kept'],
    ['replicaHours <= 0.89*hpa', 'broken'],
    ['cost <= hpa', 'kept'],
    ['violations <= prescale', 'kept'],
    ['violations < prescale', 'broken'],
  ] as const)('%s: %s', (text, kind) => {
    expect(judgeRequirement(parseRequirement(text)!, own, [own, hpa]).kind).toBe(kind);
  });
  test.each(['', 'violations', 'violations >= hpa', 'speed <= hpa', 'violations <= 0.9 hpa', 'cost <= 0.9*'])(
    'is none: "%s"',
    (text) => {
      expect(parseRequirement(text)).toBeUndefined();
    },
  );
});

describe('the verdict', () => {
  const days = (hours: number, late: number): readonly Tally[] =>
    Array.from({ length: 4 }, () => aDay(hours, late));
  const comparisonOf = (
    own: readonly [hours: number, late: number],
    tuned: readonly [hours: number, late: number],
  ): Comparison => ({
    policies: [policyOf('prescale', days(...own)), policyOf('hpa-tuned', days(...tuned))],
    floorRatio: 0,
    frontiers: new Map([
      ['hpa', frontierOf([{ excessRatio: tuned[1], replicaHours: 4 * tuned[0] }])],
      ['oracle', frontierOf([{ excessRatio: 0.0001, replicaHours: 100 }])],
    ]),
  });
  test.each([
    ['cheaper and punctual', [80, 0.009], [100, 0.009], 'Enable'],
    ['as punctual as no HPA is', [120, 0.005], [100, 0.009], 'Enable'],
    ['cheaper and late', [80, 0.03], [100, 0.009], 'EnableAsFloor'],
    ['late, and yet no later than the best HPA, and cheaper', [80, 0.02], [100, 0.02], 'Enable'],
  ] as const)('%s', (...[, own, tuned, advice]) => {
    const verdict = verdictOf({ comparison: comparisonOf(own, tuned), slo, cost, seed: 1 });
    expect(verdict.advice).toBe(advice);
    expect(verdict.reasons).toHaveLength(2);
  });
  test.each([
    ['dearer, and less late than the best HPA is as played', [120, 0.005], 'EnableAsFloor', undefined],
    ['dearer, and as late', [120, 0.009], 'DoNotEnable', '16.7 % fewer replica-hours'],
    ['as dear, and as late', [100, 0.009], 'DoNotEnable', 'nothing to gain'],
    ['dearer, and later, if within the objective', [125, 0.0095], 'DoNotEnable', '20 % fewer'],
    ['dearer, and beyond the objective', [120, 0.03], 'DoNotEnable', '16.7 % fewer'],
  ] as const)('an HPA that could be as punctual, and prescale %s', (_, own, advice, told) => {
    const comparison = comparisonOf(own, [100, 0.009]);
    const points = [0.004, 0.009].map((excessRatio, i) => ({
      excessRatio,
      replicaHours: 4 * (110 - 10 * i),
    }));
    const frontiers = new Map([...comparison.frontiers, ['hpa', frontierOf(points)] as const]);
    const verdict = verdictOf({ comparison: { ...comparison, frontiers }, slo, cost, seed: 1 });
    expect(verdict.advice).toBe(advice);
    expect(verdict.reasons[2]?.includes(told ?? '')).toBe(told === undefined ? undefined : true);
  });
  test.each([
    ['more than the objective allows', 0.0101, 3],
    ['less', 0.0099, 2],
  ])('the service alone makes late %s: said first, or not at all', (_name, floorRatio, sentences) => {
    const comparison = { ...comparisonOf([80, 0.02], [100, 0.02]), floorRatio };
    const { reasons } = verdictOf({ comparison, slo: { ...slo, objectiveRatio: 0.99 }, cost, seed: 1 });
    expect(reasons).toHaveLength(sentences);
    expect(reasons[0].includes('no number of replicas')).toBe(sentences === 3);
  });
  test.each([
    [0.010002, true],
    [0.012, false],
    [0.01, false],
  ])('late by a hair is not told as if it were not: %d', (late, isTold) => {
    const comparison = comparisonOf([80, late], [100, 0.005]);
    const { reasons } = verdictOf({ comparison, slo: { ...slo, objectiveRatio: 0.99 }, cost, seed: 1 });
    expect(reasons[0].includes('a hair less')).toBe(isTold);
  });
  test('a saving smaller than the days differ is no saving', () => {
    const lucky = [40, 118, 118, 118].map((hours) => aDay(hours, 0.009));
    const comparison = comparisonOf([98, 0.009], [100, 0.009]);
    const own = policyOf('prescale', lucky);
    const verdict = verdictOf({
      comparison: { ...comparison, policies: [own, comparison.policies[1]] },
      slo,
      cost,
      seed: 1,
    });
    expect(verdict.advice).toBe('EnableAsFloor');
    expect(verdict.reasons[1]).toContain('luck');
  });
});
