import type { Problem } from '../domain/errors.ts';
import { workloadKey } from '../domain/workload.ts';
import { callCycles, type CallNode } from '../coordinate/call-graph.ts';
import type { Policy } from '../policy/policy.ts';

/** Keys of the workloads that call the policy's, in its order: all of its own namespace. */
export function callersOf({ workload: { namespace }, callers = [] }: Policy): readonly string[] {
  return callers.map(({ name }) => workloadKey({ namespace, name }));
}

/** The policy's workload among those that call each other. */
export function callNodeOf(policy: Policy): CallNode {
  return { key: workloadKey(policy.workload), callers: callersOf(policy) };
}

/** By workload, what is wrong with policies that say of each other that they are called: no load could be told of them. */
export function cycleProblems(policies: readonly Policy[]): ReadonlyMap<string, Problem> {
  if (!policies.some(({ callers }) => callers)) return new Map();
  return new Map([...callCycles(policies.map(callNodeOf))].map(([key, cycle]) => [key, cycleProblem(cycle)]));
}

function cycleProblem(cycle: readonly string[]): Problem {
  return {
    path: 'spec.dependsOn',
    got: `a cycle: ${cycle.join(' is called by ')}`,
    allowed: 'callers that it does not call itself, nor by others',
  };
}
