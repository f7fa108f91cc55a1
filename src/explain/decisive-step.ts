import type { Decision, GuardName, GuardStep } from '../domain/decision.ts';

/** The last of the named guards (of all, where none is named) that changed the count; undefined where none did. */
export function lastChange(decision: Decision, names?: readonly GuardName[]): GuardStep | undefined {
  return decision.guards.findLast(
    (step) => step.beforeReplicas !== step.afterReplicas && (names?.includes(step.guard) ?? true),
  );
}

/** What one guard answered. */
export function stepOf(decision: Decision, guard: GuardName): GuardStep | undefined {
  return decision.guards.find((step) => step.guard === guard);
}
