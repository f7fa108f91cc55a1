import { describe, expect, test, vi } from 'vitest';
import type { ActuationRecord } from '../../../src/domain/actuation.ts';
import { sentence } from '../../../src/explain/sentence.ts';
import { decisionText } from '../../../src/explain/to-text.ts';
import { aDecision } from '../../builders/decision.ts';
import { aForecast, NO_FORECAST } from '../../builders/forecast.ts';
import { WARM_MEMORY } from '../../builders/guard-input.ts';
import { aLearnedRate, anObservation, measured, NOW_MS } from '../../builders/observation.ts';
import { aSizedDecision } from '../../builders/sizing.ts';

describe('what is sized for and what it keeps', () => {
  test('a forecast with its peak', () => {
    expect(sentence(aSizedDecision())).toBe(
      'checkout: 12 -> 18 replicas: forecast (arima, confidence 0.93) peaks at 412 rps in 2m30s; ' +
        '18 replicas keep 99.4 % within 250ms',
    );
  });
  test('what was recommended without drawing the cost curve', () => {
    const decision = aSizedDecision();
    const draw = vi.fn(() => []);
    Object.defineProperty(decision.sizing, 'candidates', { get: draw });
    expect(sentence(decision)).toContain('18 replicas keep 99.4 % within 250ms');
    expect(draw).not.toHaveBeenCalled();
  });
  test('the spare for a failure', () => {
    const buffer = { scenario: 'zone-loss', bufferReplicas: 2, costPerHour: 0.24 };
    expect(sentence(aSizedDecision({ buffer }))).toMatch(/within 250ms; 2 of them spare for zone-loss$/);
  });
  test.each([
    ['ServiceTimeExceedsSlo', 'the service itself is too slow for the SLO at any count'],
    ['ScalingOutCannotHelp', 'more replicas would lower the capacity'],
    ['MaxReplicasTooSmall', 'maxReplicas does not carry the load'],
  ] as const)('%s is said', (reason, words) => {
    expect(sentence(aSizedDecision({ reason }))).toContain(`; ${words}`);
  });
  test('the dependency that holds it back, by name; of what is held back nothing is called spare', () => {
    const buffer = { scenario: 'zone-loss', bufferReplicas: 2, costPerHour: 0.24 };
    const dependency = { name: 'orders-db', mostReplicas: 18 };
    const held = aSizedDecision({ reason: 'DependencyLimit', neededReplicas: 20, buffer, dependency });
    expect(sentence(held)).toMatch(
      /within 250ms; orders-db has room for 18 replicas only, 22 were asked for$/,
    );
  });
  test('the measured load where the forecast is not trusted, the backlog told', () => {
    const decision = aDecision({
      observation: anObservation({ arrivalRate: measured(1000), backlogRequests: 6000 }),
      forecast: NO_FORECAST,
    });
    expect(sentence(decision)).toContain(
      'measured load, backlog included, is 1229 rps (ForecastUnavailable)',
    );
  });
  test('more than runs and starts can serve: what will wait is told', () => {
    const replicas = { currentReplicas: 3, readyReplicas: 3, startingReplicas: 0 };
    const decision = aDecision({
      observation: anObservation({ arrivalRate: measured(1000), ...replicas }),
      forecast: NO_FORECAST,
    });
    expect(sentence(decision)).toMatch(
      /measured load, with what will wait by then, is 2829 rps \(ForecastUnavailable\)/,
    );
    expect(decisionText(decision)).toMatch(
      /overload +48,?000 requests will wait when more serves: worked off in 26s/,
    );
  });
  test('the measured load where it needs more than the forecast', () => {
    const observation = anObservation({ arrivalRate: measured(1900) });
    expect(sentence(aDecision({ observation, forecast: aForecast(400) }))).toContain(
      'measured load is 1900 rps (it needs more than the forecast)',
    );
  });
});

test('a service that became slower is told', () => {
  const observation = anObservation({ serviceRateRps: 17, learnedRate: aLearnedRate({ rateRps: 17.5 }) });
  expect(sentence(aDecision({ observation }))).toContain(
    '; the service rate fell from 25 rps to 17.5 rps per server 6m ago',
  );
  const steady = anObservation({ learnedRate: aLearnedRate({ drop: null }) });
  expect(sentence(aDecision({ observation: steady }))).not.toContain('service rate');
});

describe('what a guard made of it', () => {
  const low = { observation: anObservation({ arrivalRate: measured(400) }), forecast: aForecast(400) };
  test('the guard that had the last word, and what was recommended', () => {
    const recommendations = [{ atMs: NOW_MS - 20_000, replicas: 9 }];
    const text = sentence(aDecision({ ...low, memory: { ...WARM_MEMORY, recommendations } }));
    expect(text).toMatch(/^checkout: 10 -> 9 replicas: /);
    expect(text).toMatch(/9 replicas keep 100 % within 250ms|9 replicas keep 99\.\d+ % within 250ms/);
    expect(text).toMatch(/; ScaleDownStabilized: 9 was recommended within the last 5m; 9 instead of 3$/);
  });
  test('a pause', () => {
    expect(sentence(aDecision({ ...low }, { paused: true }))).toMatch(
      /^checkout: stays at 10 replicas: .*; Paused: paused; keeps 10 instead of 3$/,
    );
  });
  test('no trusted measurement', () => {
    const observation = anObservation({ arrivalRate: { kind: 'empty' } });
    expect(sentence(aDecision({ observation }))).toBe(
      'checkout: stays at 10 replicas: no trusted measurement (EmptyMetrics: the source answered without a sample; keeps 10)',
    );
  });
  test('no service rate yet', () => {
    const learnedRate = { kind: 'unknown', message: '3 of the 10 slots that it takes' } as const;
    const observation = anObservation({ serviceRateRps: null, learnedRate });
    expect(sentence(aDecision({ observation }))).toBe(
      'checkout: stays at 10 replicas: no service rate to size with (ServiceRateUnknown: the service rate is not known yet: 3 of the 10 slots that it takes; keeps 10)',
    );
  });
  test('no trusted measurement, and outside of the bounds', () => {
    const observation = anObservation({ arrivalRate: { kind: 'empty' }, currentReplicas: 1 });
    expect(sentence(aDecision({ observation }))).toBe(
      'checkout: 1 -> 2 replicas: no trusted measurement (EmptyMetrics: the source answered without a sample; keeps 1); ' +
        '1 is below minReplicas 2',
    );
  });
});

test.each([
  ['applied', '', /; applied$/],
  ['applied', 'minimum of ScaledObject web is 8', /; applied: minimum of ScaledObject web is 8$/],
  ['unchanged', '', /within 250ms$/],
  ['dryRun', 'nothing is written', /; dry run, nothing written$/],
  ['notLeader', '', /; not written: another controller leads$/],
  ['conflict', 'changed meanwhile', /; not written: changed meanwhile$/],
  ['failed', 'forbidden', /; not written: forbidden$/],
] as const)('actuation: %s', (result, message, expected) => {
  const decision = aSizedDecision();
  const actuation: ActuationRecord = {
    workload: decision.workload,
    decidedAtMs: decision.decidedAtMs,
    result,
    toReplicas: 18,
    message,
  };
  expect(sentence(decision, actuation)).toMatch(expected);
});
