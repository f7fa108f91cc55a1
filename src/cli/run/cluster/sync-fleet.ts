import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import { ALWAYS, type Fleet, type Member } from '../../../control/fleet.ts';
import { fleetProblems } from '../../../control/fleet-problems.ts';
import { newMember } from '../../../control/join-fleet.ts';
import { PrescaleError, problemsText, problemText, type Problem } from '../../../domain/errors.ts';
import { workloadKey, type WorkloadRef } from '../../../domain/workload.ts';
import type { MetricsSource } from '../../../observe/metrics-source.ts';
import type { MetricsSources } from '../../../observe/metrics-sources.ts';
import type { Policy } from '../../../policy/policy.ts';
import type { PolicyReader } from './policy-reader.ts';

export interface SyncFleetDeps {
  readonly fleet: Fleet;
  readonly sources: MetricsSources;
  readonly policies: PolicyReader;
  /** --dry-run: whatever the mode, nothing is written. */
  readonly recommendOnly: boolean;
  /** Of a workload that is no longer looked after. */
  readonly onGone: (workload: WorkloadRef) => void;
}

/** An object that cannot be looked after, and why. */
export interface InvalidObject {
  readonly object: KubernetesObject;
  readonly message: string;
}

/**
 * Makes the fleet what the objects say, whatever it was before: objects that are new join, those that are gone or on
 * their way out leave, a changed spec starts anew but for what was measured. Returns those that are not valid; the others do not notice.
 */
export function syncFleet(
  deps: SyncFleetDeps,
  objects: readonly KubernetesObject[],
): readonly InvalidObject[] {
  const invalid: InvalidObject[] = [];
  const kept = new Set<string>();
  const present = objects.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const problems = fleetProblems(policiesOf(deps, present));
  for (const object of present) {
    const joined = join(deps, object, problems);
    if (typeof joined === 'string') invalid.push({ object, message: joined });
    else kept.add(workloadKey(joined.policy.workload));
  }
  deps.policies.keepOnly(objects);
  for (const { policy } of deps.fleet.members())
    if (!kept.has(workloadKey(policy.workload))) leave(deps, policy.workload);
  return invalid;
}

function policiesOf({ policies }: SyncFleetDeps, objects: readonly KubernetesObject[]): readonly Policy[] {
  return objects.flatMap((object) => {
    const read = policies.read(object);
    return read.kind === 'invalid' ? [] : [read.policy];
  });
}

/** The member that it is now, or what is wrong with the object. */
function join(
  deps: SyncFleetDeps,
  object: KubernetesObject,
  problems: ReadonlyMap<string, Problem>,
): Member | string {
  const read = deps.policies.read(object);
  if (read.kind === 'invalid') return read.message;
  const problem = problems.get(workloadKey(read.policy.workload));
  if (problem) return problemText(problem);
  const policy: Policy = deps.recommendOnly ? { ...read.policy, mode: 'Recommend' } : read.policy;
  const before = deps.fleet.member(policy.workload);
  if (before && isSame(before.policy, policy)) return before;
  const source = sourceOf(deps.sources, policy);
  if (typeof source === 'string') return source;
  const member = before?.policy.policyHash === policy.policyHash ? carriedOver(before, policy) : undefined;
  const joined = member ?? withHistoryOf(before, newMember(policy, source, ALWAYS));
  deps.fleet.add(joined);
  return joined;
}

function isSame(a: Policy, b: Policy): boolean {
  return (
    a.policyHash === b.policyHash &&
    a.mode === b.mode &&
    targetKey(a) === targetKey(b) &&
    isDeepStrictEqual(a.hooks, b.hooks)
  );
}

const targetKey = ({ target }: Policy): string => `${target.apiVersion} ${target.kind} ${target.name}`;

/** Another mode, and other hooks, change what is done with decisions, not the decisions; another target starts anew. */
function carriedOver(before: Member, { mode, target, hooks }: Policy): Member | undefined {
  const { hooks: _others, ...kept } = before.policy;
  const policy: Policy = { ...kept, mode, ...(hooks && { hooks }) };
  return targetKey({ ...policy, target }) === targetKey(policy) ? { ...before, policy } : undefined;
}

/**
 * What was measured stays true under another policy that asks for the same: whoever changes a limit, or pauses, has
 * nobody read two weeks again.
 */
function withHistoryOf(before: Member | undefined, member: Member): Member {
  if (before === undefined || before.source !== member.source) return member;
  return isDeepStrictEqual(measuredBy(before.policy), measuredBy(member.policy))
    ? { ...member, history: before.history, live: before.live }
    : member;
}

function measuredBy({ target, metrics, forecast: { stepSeconds, lookbackSeconds } }: Policy): object {
  return { target, metrics, stepSeconds, lookbackSeconds };
}

function sourceOf(sources: MetricsSources, { metrics }: Policy): MetricsSource | string {
  try {
    return sources.named(metrics.source, 'spec.metrics.source');
  } catch (error) {
    if (error instanceof PrescaleError) return problemsText(error);
    throw error;
  }
}

function leave({ fleet, onGone }: SyncFleetDeps, workload: WorkloadRef): void {
  fleet.remove(workload);
  onGone(workload);
}
