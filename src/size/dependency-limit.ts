import type { DependencyLimit } from '../domain/sizing.ts';
import type { DependencyPolicy } from '../policy/policy.ts';

/**
 * The dependency that leaves room for the fewest replicas, or undefined where none limits. One with a `capacity`
 * takes capacity / limitPerReplica replicas in all; one that is asked (`query`) has room for what it says is free
 * besides those that run, and does not limit while it does not answer. Never fewer than 1.
 */
export function tightestDependency(
  dependencies: readonly DependencyPolicy[],
  currentReplicas: number,
  freeByName: Readonly<Record<string, number>>,
): DependencyLimit | undefined {
  let tightest: DependencyLimit | undefined;
  for (const { name, limitPerReplica, capacity } of dependencies) {
    const free = freeByName[name];
    const room =
      capacity !== null
        ? capacity / limitPerReplica
        : free === undefined
          ? Infinity
          : currentReplicas + Math.max(0, free) / limitPerReplica;
    const mostReplicas = Math.max(1, Math.floor(room + ROUNDING));
    if (mostReplicas < (tightest?.mostReplicas ?? Infinity)) tightest = { name, mostReplicas };
  }
  return tightest;
}

/** 0.3 / 0.1 is 2.9999999999999996. */
const ROUNDING = 1e-9;
