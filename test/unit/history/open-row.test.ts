import { expect, test } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import { mergeTrend, trendOf } from '../../../src/domain/trend.ts';
import { addDecision } from '../../../src/history/trend/open-row.ts';
import { decided } from '../api/app-under-test.ts';

const { decision: base } = decided(0);

function aDecision(rps: number | undefined, replicas: number): Decision {
  const arrivalRate =
    rps === undefined
      ? { kind: 'empty' as const }
      : { kind: 'value' as const, value: rps, endsAtMs: base.decidedAtMs };
  const { sizing: before, ...rest } = base;
  const sizing =
    rps === undefined
      ? undefined
      : { ...before!, replicas: 2 * replicas, sloViolationProbability: rps / 1e4 };
  const observed = { ...base.observed, arrivalRate, currentReplicas: replicas, readyReplicas: replicas - 1 };
  return { ...rest, observed, ...(sizing && { sizing }) };
}

const MEASURED = [aDecision(50, 3), aDecision(90, 7), aDecision(10, 2), aDecision(40, 2)];
const UNMEASURED = aDecision(undefined, 5);

test.each([
  ['all measured', MEASURED],
  ['the first not measured', [UNMEASURED, ...MEASURED]],
  ['some not measured', [MEASURED[0], UNMEASURED, UNMEASURED, MEASURED[1]]],
  ['none measured', [UNMEASURED, UNMEASURED]],
])('a row that decisions are added to is that of all of them put together: %s', (_, decisions) => {
  const row = trendOf(decisions[0]);
  for (const decision of decisions.slice(1)) addDecision(row, decision);
  expect(row).toEqual(decisions.map(trendOf).reduce(mergeTrend));
});
