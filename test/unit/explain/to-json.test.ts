import { GUARD_NAMES } from '../../../src/domain/decision.ts';
import { describe, expect, test } from 'vitest';
import { PrescaleError } from '../../../src/domain/errors.ts';
import { decisionFromJson, decisionToJson } from '../../../src/explain/to-json.ts';
import { aDecision } from '../../builders/decision.ts';
import { anObservation } from '../../builders/observation.ts';
import { aSizedDecision } from '../../builders/sizing.ts';

describe('the body of the decision API', () => {
  const decision = aSizedDecision();
  const body = decisionToJson(decision, {
    workload: decision.workload,
    decidedAtMs: decision.decidedAtMs,
    result: 'applied',
    toReplicas: 18,
    message: 'written',
  });

  test('what is derived stands beside what is stored', () => {
    expect(body).toMatchObject({
      id: '1753171200000',
      currentReplicas: 12,
      recommendedReplicas: 18,
      desiredReplicas: 18,
      outcome: { kind: 'scale', toReplicas: 18, reason: 'ReadyForNewScale' },
      actuation: { result: 'applied', toReplicas: 18, message: 'written' },
    });
    expect(body.guards).toHaveLength(GUARD_NAMES.length);
    expect(body.quantileLevels).toHaveLength(12);
  });
  test('instants are ISO 8601, at every depth; spans are seconds', () => {
    expect(body).toMatchObject({
      decidedAt: '2025-07-22T08:00:00Z',
      tickSeconds: 15,
      observed: { observedAt: '2025-07-22T08:00:00Z', arrivalRate: { endsAt: '2025-07-22T08:00:00Z' } },
      memory: { completeSince: '2025-07-22T07:00:00Z', backlogAt: '2025-07-22T07:59:45Z' },
      forecast: { originAt: '2025-07-22T08:00:00Z', stepSeconds: 60 },
      sizing: { peakAt: '2025-07-22T08:02:30Z', leadTimeSeconds: 105 },
    });
    expect(JSON.stringify(body)).not.toMatch(/Ms"/);
  });
  test('nothing was sized: no number stands for it', () => {
    const blind = decisionToJson(
      aDecision({ observation: anObservation({ arrivalRate: { kind: 'empty' } }) }),
    );
    expect(blind.recommendedReplicas).toBeNull();
    expect(blind.actuation).toBeNull();
    expect(blind).not.toHaveProperty('sizing');
  });
});

describe('back again', () => {
  test('milliseconds survive', () => {
    const decision = aSizedDecision({}, { decidedAtMs: 1_753_171_200_123 });
    expect(decisionFromJson(JSON.parse(JSON.stringify(decisionToJson(decision))))).toEqual(decision);
  });
  const problemsOf = (json: unknown) => {
    try {
      decisionFromJson(json);
    } catch (error) {
      return error instanceof PrescaleError ? error.problems : error;
    }
    return undefined;
  };
  test.each([
    ['no object', 7, [{ path: 'decision', got: '7', allowed: 'an object' }]],
    [
      'a time that is none',
      { ...decisionToJson(aSizedDecision()), decidedAt: 'yesterday' },
      [{ path: 'decidedAt', got: '"yesterday"', allowed: 'an ISO 8601 time' }],
    ],
    [
      'a time that is none, inside',
      { ...decisionToJson(aSizedDecision()), memory: { changes: [{ at: null }] } },
      [{ path: 'memory.changes[0].at', got: 'null', allowed: 'an ISO 8601 time' }],
    ],
    [
      'something missing',
      { ...decisionToJson(aSizedDecision()), guards: undefined, slo: undefined },
      [
        { path: 'slo', got: 'nothing', allowed: 'a value' },
        { path: 'guards', got: 'nothing', allowed: 'a value' },
      ],
    ],
  ])('%s is named', (_name, json, problems) => {
    expect(problemsOf(json)).toEqual(problems);
  });
});
