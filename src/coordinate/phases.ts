import { allCallers, callDepths, type CallNode } from './call-graph.ts';

/** A workload whose count is to be changed. */
export interface Change extends CallNode {
  /** How many replicas more; below 0: fewer. */
  readonly replicas: number;
}

/**
 * The order in which changes are made: more replicas from the back to the front (who is called must be ready before who
 * calls lets more through), then fewer from the front to the back (who is called serves until nobody calls any more).
 * Those of one phase depend on each other in nothing and are made at once. What neither calls nor is called is in the
 * first phase, whatever its change.
 */
export function phasesOf<One extends Change>(
  changes: readonly One[],
  all: readonly CallNode[],
): readonly (readonly One[])[] {
  const depths = callDepths(all);
  const connected = new Set(all.flatMap(({ key, callers }) => (callers.length > 0 ? [key, ...callers] : [])));
  const byRank = new Map<number, One[]>();
  for (const one of changes) {
    const depth = depths.get(one.key) ?? 0;
    const rank = !connected.has(one.key) ? -Infinity : one.replicas > 0 ? -1 - depth : depth;
    byRank.set(rank, [...(byRank.get(rank) ?? []), one]);
  }
  return [...byRank].sort(([a], [b]) => a - b).map(([, phase]) => phase);
}

/**
 * Whether a change that was not made holds one that is still to come: where replicas were to be added, those of whoever
 * calls it, if by others, and would let more through; where they were to go, those of whoever it still calls. Never its
 * opposite: more replicas of a callee hurt nobody.
 */
export function isHeldBy(next: Change, undone: Change, all: readonly CallNode[]): boolean {
  if (undone.replicas > 0 !== next.replicas > 0) return false;
  return undone.replicas > 0
    ? allCallers(undone.key, all).has(next.key)
    : allCallers(next.key, all).has(undone.key);
}
