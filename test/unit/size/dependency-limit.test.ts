import { describe, expect, test } from 'vitest';
import type { Measurement } from '../../../src/domain/measurement.ts';
import { tightestDependency, type DependencyLook } from '../../../src/size/dependency-limit.ts';
import { sizeReplicas } from '../../../src/size/size-replicas.ts';
import { aDependency } from '../../builders/dependency.ts';
import { measured, NOW_MS } from '../../builders/observation.ts';
import { aSizingInput } from './sizing-input.ts';

/** Ten replicas have served for long; the sample is of the minute that ended 30 s ago. */
function look(free: Measurement, overrides: Partial<DependencyLook> = {}): DependencyLook {
  return {
    observation: { dependencies: [{ name: 'orders-db', free }], currentReplicas: 10, readyReplicas: 10 },
    served: [],
    stepSeconds: 60,
    ...overrides,
  };
}
const free = (value: number) => measured(value, NOW_MS - 30_000);
const ago = (seconds: number, replicas: number) => ({ atMs: NOW_MS - seconds * 1000, replicas });
const mostOf = (given: DependencyLook) => tightestDependency([aDependency()], given)?.mostReplicas;

describe('a dependency with a capacity', () => {
  test.each([
    [500, 10, 50],
    [509, 10, 50],
    [0.3, 0.1, 3],
    [5, 10, 1],
  ])('of %d at %d a replica takes %i', (capacity, limitPerReplica, mostReplicas) => {
    const dependency = aDependency({ capacity, limitPerReplica });
    expect(tightestDependency([dependency], look({ kind: 'empty' }))).toEqual({
      name: 'orders-db',
      mostReplicas,
    });
  });
  test('the one with the least room counts, and is named', () => {
    const cache = aDependency({ name: 'cache', capacity: 120 });
    expect(tightestDependency([aDependency({ capacity: 500 }), cache], look(free(0)))).toEqual({
      name: 'cache',
      mostReplicas: 12,
    });
  });
  test('no dependencies, no limit', () => {
    expect(tightestDependency([], look(free(0)))).toBeUndefined();
  });
});

describe('a dependency that is asked', () => {
  test.each([
    ['room for five more', 50, 15],
    ['room for half a replica', 5, 10],
    ['none', 0, 10],
    ['overrun', -20, 8],
  ])('%s besides the ten that served', (_name, value, mostReplicas) => {
    expect(mostOf(look(free(value)))).toBe(mostReplicas);
  });
  test.each<Measurement>([
    { kind: 'empty' },
    { kind: 'stale', value: 0, endsAtMs: NOW_MS - 1e6 },
    { kind: 'notANumber', endsAtMs: NOW_MS },
    { kind: 'sourceDown', message: 'refused' },
  ])('does not limit while its room is not known: $kind', (unknown) => {
    expect(mostOf(look(unknown))).toBeUndefined();
  });
  test('replicas that start have not taken their share yet: the same room is not handed out twice', () => {
    const observation = {
      dependencies: [{ name: 'orders-db', free: free(50) }],
      currentReplicas: 15,
      readyReplicas: 10,
    };
    expect(mostOf(look(free(50), { observation }))).toBe(15);
  });
  test('nor have those that became ready since the sample began', () => {
    const observation = {
      dependencies: [{ name: 'orders-db', free: free(50) }],
      currentReplicas: 15,
      readyReplicas: 15,
    };
    expect(mostOf(look(free(50), { observation, served: [ago(45, 10), ago(15, 15)] }))).toBe(15);
    expect(mostOf(look(free(50), { observation, served: [ago(91, 10), ago(90, 15)] }))).toBe(20);
  });
});

describe('the sizing', () => {
  const sized = (mostReplicas: number, currentReplicas = 2) =>
    sizeReplicas(
      aSizingInput([4000], {
        currentReplicas,
        dependencyLimit: { name: 'orders-db', mostReplicas },
      }),
    );
  const needed = sizeReplicas(aSizingInput([4000])).replicas;

  test('is held at what the dependency takes, with its name', () => {
    expect(sized(needed - 3)).toMatchObject({
      replicas: needed - 3,
      neededReplicas: needed,
      reason: 'DependencyLimit',
      dependency: { name: 'orders-db', mostReplicas: needed - 3 },
    });
  });
  test('is not held where there is room', () => {
    const trace = sized(needed);
    expect(trace).toMatchObject({ replicas: needed, reason: 'CostOptimum' });
    expect(trace).not.toHaveProperty('dependency');
  });
  test('leaves running what runs', () => {
    expect(sized(needed - 3, needed - 1).replicas).toBe(needed - 1);
    expect(sized(needed - 3, needed + 9).replicas).toBe(needed);
  });
});
