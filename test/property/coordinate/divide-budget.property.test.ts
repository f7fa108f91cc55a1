import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { divideBudget, type Claim } from '../../../src/coordinate/divide-budget.ts';
import { sharesOfBudget, type RunningClaim } from '../../../src/coordinate/share-of-budget.ts';
import { aForecast } from '../../builders/forecast.ts';
import { decided } from '../../builders/decision.ts';
import { anObservation, measured } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';
import { lateCostPerHour } from '../../../src/size/late-curve.ts';

const WITHIN_RATIO = 0.01;

/** What lateness costs, by count from 0 on: it falls, by as much and wherever it likes. */
const anyCurve = fc
  .array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 14, maxLength: 14 })
  .map((drops) => {
    const costs = [0];
    for (const drop of drops) costs.unshift(costs[0] + drop);
    return (replicas: number): number => costs[Math.min(replicas, costs.length - 1)];
  });

/** The curve of a real decision: flat in overload no more than it is, steep where the queue becomes short. */
const realCurve = fc
  .record({ rps: fc.integer({ min: 50, max: 2200 }), price: fc.constantFrom(0.0001, 0.0004, 0.01) })
  .map(({ rps, price }) => {
    const policy = aPolicy();
    const { decision } = decided({
      observation: anObservation({ arrivalRate: measured(rps) }),
      forecast: aForecast(rps),
    });
    return lateCostPerHour(policy, decision.sizing!, decision.forecast, price);
  });

const anyClaim = (price: fc.Arbitrary<number>): fc.Arbitrary<RunningClaim> =>
  fc
    .record({
      leastReplicas: fc.integer({ min: 1, max: 4 }),
      more: fc.integer({ min: 0, max: 9 }),
      currentReplicas: fc.integer({ min: 1, max: 13 }),
      price,
      lateCost: fc.oneof(anyCurve, realCurve),
    })
    .map(({ more, ...claim }) => ({ ...claim, wantedReplicas: claim.leastReplicas + more }));

const inReplicas = anyClaim(fc.constant(1));
const inMoney = anyClaim(fc.integer({ min: 1, max: 60 }).map((cents) => cents / 100));
const inOddMoney = anyClaim(fc.double({ min: 0.05, max: 0.6, noNaN: true }));
const claimsOf = (claim: fc.Arbitrary<RunningClaim>) => fc.array(claim, { minLength: 1, maxLength: 4 });
/** Of what is asked for beyond the least. */
const anyBudgetRatio = fc.double({ min: 0, max: 1.1, noNaN: true });

function budgetOf(claims: readonly Claim[], ratio: number): number {
  const use = (of: (claim: Claim) => number): number =>
    claims.reduce((sum, one) => sum + of(one) * one.price, 0);
  const least = use(({ leastReplicas }) => leastReplicas);
  return least + ratio * (use(({ wantedReplicas }) => wantedReplicas) - least);
}

function costOf(claims: readonly Claim[], counts: readonly number[]): number {
  return claims.reduce((sum, { lateCost }, index) => sum + lateCost(counts[index]), 0);
}

/** The least that lateness can cost, by trying all that fits. */
function bruteForce(claims: readonly Claim[], budget: number): number {
  const [first, ...others] = claims;
  if (first === undefined) return 0;
  const reserved = others.reduce((sum, { leastReplicas, price }) => sum + leastReplicas * price, 0);
  let least = Infinity;
  for (let count = first.leastReplicas; count <= first.wantedReplicas; count += 1)
    if (count === first.leastReplicas || count * first.price + reserved <= budget + 1e-9)
      least = Math.min(least, first.lateCost(count) + bruteForce(others, budget - count * first.price));
  return least;
}

describe.each([
  ['replicas', inReplicas],
  ['cost per hour, prices of whole cents', inMoney],
  ['cost per hour, prices as they come', inOddMoney],
])('a budget of %s', (_name, claim) => {
  test('is divided within 1 % of the best of all divisions', () => {
    fc.assert(
      fc.property(claimsOf(claim), anyBudgetRatio, (claims, ratio) => {
        const budget = budgetOf(claims, ratio);
        const best = bruteForce(claims, budget);
        expect(costOf(claims, divideBudget(claims, budget))).toBeLessThanOrEqual(
          best * (1 + WITHIN_RATIO) + 1e-9,
        );
      }),
      { numRuns: 200 },
    );
  });

  test('is never exceeded, nobody gets less than the least nor more than it wants, and nothing useful is left', () => {
    fc.assert(
      fc.property(claimsOf(claim), anyBudgetRatio, (claims, ratio) => {
        const budget = budgetOf(claims, ratio);
        const counts = divideBudget(claims, budget);
        const left = budget - claims.reduce((sum, { price }, index) => sum + counts[index] * price, 0);
        expect(left).toBeGreaterThan(-1e-6);
        claims.forEach(({ leastReplicas, wantedReplicas, price }, index) => {
          expect(counts[index]).toBeGreaterThanOrEqual(leastReplicas);
          expect(counts[index]).toBeLessThanOrEqual(wantedReplicas);
          if (counts[index] < wantedReplicas) expect(price).toBeGreaterThan(left - 1e-6);
        });
      }),
      { numRuns: 200 },
    );
  });

  test('between looks no more than the budget runs, whichever of the changes is made, and within two looks it is divided', () => {
    fc.assert(
      fc.property(claimsOf(claim), anyBudgetRatio, (claims, ratio) => {
        const budget = Math.max(
          budgetOf(claims, ratio),
          claims.reduce((sum, { currentReplicas, price }) => sum + currentReplicas * price, 0),
        );
        const first = sharesOfBudget(claims, budget);
        const most = claims.reduce(
          (sum, { price, currentReplicas }, index) => sum + Math.max(currentReplicas, first[index]) * price,
          0,
        );
        expect(most).toBeLessThanOrEqual(budget + 1e-6);
        const settled = claims.map((one, index) => ({ ...one, currentReplicas: first[index] }));
        const second = sharesOfBudget(settled, budget);
        expect(costOf(claims, second)).toBeLessThanOrEqual(bruteForce(claims, budget) * 1.0201 + 1e-9);
      }),
      { numRuns: 100 },
    );
  });
});

test('a budget of ten thousand replicas for fifty workloads is divided to within 1 %, and used up', () => {
  const claims = Array.from({ length: 50 }, (_, index): Claim => {
    const needed = 100 + 7 * index;
    return {
      leastReplicas: 2,
      wantedReplicas: needed,
      price: 1,
      lateCost: (replicas) => (1 + (index % 5)) * Math.max(0, needed - replicas) ** 2,
    };
  });
  const counts = divideBudget(claims, 10_000);
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(10_000);
  // Convex: giving replica by replica to whoever gains most is the best there is.
  const greedy = claims.map(({ leastReplicas }) => leastReplicas);
  for (let left = 10_000 - 100; left > 0; left -= 1) {
    const gain = (index: number): number =>
      greedy[index] < claims[index].wantedReplicas
        ? claims[index].lateCost(greedy[index]) - claims[index].lateCost(greedy[index] + 1)
        : -1;
    const best = greedy.reduce((winner, _, index) => (gain(index) > gain(winner) ? index : winner), 0);
    greedy[best] += 1;
  }
  expect(costOf(claims, counts)).toBeLessThanOrEqual(costOf(claims, greedy) * (1 + WITHIN_RATIO));
});
