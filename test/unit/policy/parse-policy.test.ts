import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { PrescaleError, problemText, type Problem } from '../../../src/domain/errors.ts';
import { parsePolicy } from '../../../src/policy/parse-policy.ts';
import { CHECKOUT_YAML, changed, MINIMAL_YAML } from '../../builders/policy-document.ts';
import { BAD_POLICIES } from './bad-policies.ts';

const checkout: unknown = parse(CHECKOUT_YAML);

function problemsOf(input: unknown): readonly Problem[] {
  try {
    parsePolicy(input);
  } catch (error) {
    if (error instanceof PrescaleError && error.code === 'invalidInput') return error.problems;
    throw error;
  }
  return [];
}

test.each(BAD_POLICIES)('$name is refused by its path', ({ change, path, says }) => {
  const problems = problemsOf(changed(checkout, change));
  expect(problems.map((problem) => problem.path)).toEqual([path]);
  expect(problemText(problems[0])).toContain(says);
});

test('what the table changes is valid before the change', () => {
  expect(problemsOf(checkout)).toEqual([]);
});

test('all problems are told at once, one a line, rules between sound fields too', () => {
  const bad = changed(checkout, { 'spec.mode': 'Off', 'spec.minReplicas': 99, 'spec.slo.objective': 2 });
  expect(() => parsePolicy(bad)).toThrow(
    [
      'policy shop/checkout is not valid:',
      '  spec.mode: got "Off", allowed: one of Recommend, Scale, Floor',
      '  spec.slo.objective: got 2, allowed: a number above 0 and below 1',
      '  spec.minReplicas: got 99, allowed: at most maxReplicas (60)',
    ].join('\n'),
  );
});

test('a rule is silent where a field that it reads is itself at fault', () => {
  const bad = changed(checkout, { 'spec.minReplicas': 99, 'spec.maxReplicas': 'many' });
  expect(problemsOf(bad).map((problem) => problem.path)).toEqual(['spec.maxReplicas']);
});

test('twenty thousand faults are told as the first fifty and a count', () => {
  const spec = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`x${index}`, 1]));
  const problems = problemsOf(changed(checkout, { metadata: undefined, spec }));
  expect(problems.length).toBe(51);
  expect(problemText(problems[50])).toContain('more problems');
});

test('a long value is not repeated in full', () => {
  const [problem] = problemsOf(changed(checkout, { 'spec.mode': 'x'.repeat(10_000) }));
  expect(problemText(problem).length).toBeLessThan(200);
});

test('what the API server adds to an object is tolerated', () => {
  const read = changed(checkout, {
    'metadata.uid': '7c1e',
    'metadata.resourceVersion': '42',
    'metadata.managedFields': [{ manager: 'kubectl' }],
    'metadata.annotations': { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
    status: { currentReplicas: 3, anything: ['else'] },
  });
  expect(problemsOf(read)).toEqual([]);
});

test('the least that a policy must say gets the documented defaults', () => {
  const { metadata, spec } = parsePolicy(parse(MINIMAL_YAML));
  expect(metadata.namespace).toBe('default');
  expect(spec).toMatchObject({
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'checkout' },
    mode: 'Recommend',
    minReplicas: 1,
    metrics: { source: 'default', delay: '30s', staleAfter: '2m' },
    capacity: {
      serversPerReplica: 1,
      dispatch: 'LeastRequests',
      scalability: { contention: 0, coherency: 0 },
      variability: { arrivals: 1, service: 1 },
      warmUp: { duration: '0s', initialRatio: 1 },
      queueLimit: null,
    },
    slo: { objective: 0.99, patience: null },
    cost: { switching: 0, currency: 'USD' },
    forecast: {
      horizon: '15m',
      step: '1m',
      lookback: '14d',
      models: ['lstm', 'arima', 'moving-average'],
      minConfidence: 0.8,
    },
    timeZone: 'UTC',
    events: [],
    chaos: { safetyFactor: 1, replicaDownProbability: 0.01, scenarios: [] },
    behavior: {
      scaleUp: {
        stabilizationWindowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: {
        stabilizationWindowSeconds: 300,
        selectPolicy: 'Max',
        policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
      },
    },
  });
});

test('defaults are not shared between documents', () => {
  const first = parsePolicy(parse(MINIMAL_YAML));
  first.spec.behavior.scaleUp.policies.length = 0;
  first.spec.forecast.models.length = 0;
  const second = parsePolicy(parse(MINIMAL_YAML));
  expect(second.spec.behavior.scaleUp.policies).toHaveLength(2);
  expect(second.spec.forecast.models).toHaveLength(3);
});
