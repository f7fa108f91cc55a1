import type { ActuationRecord, ActuationResult } from '../domain/actuation.ts';
import type { Hold, HoldReason } from '../domain/hold.ts';
import { workloadKey } from '../domain/workload.ts';
import { isHeldBy, phasesOf, type Change } from '../coordinate/phases.ts';
import type { CallNode } from '../coordinate/call-graph.ts';
import { actuateOne, asksForWrite, heldRecord, lateRecord, unchangedRecord } from './actuate-one.ts';
import { callNodeOf } from './callers-of.ts';
import type { Judged } from './decide-all.ts';
import type { RestrainedVerdict } from './restrain-all.ts';
import type { TickDeps } from './tick-deps.ts';

/** A verdict and what became of it. */
export interface Actuated extends Judged {
  readonly actuation: ActuationRecord;
}

/** A change that is to be made, with the verdict that asks for it. */
interface Step extends Change {
  readonly verdict: RestrainedVerdict;
}

/** Results of a write that was tried and has not been made. */
const UNDONE: readonly ActuationResult[] = ['conflict', 'refused', 'failed'];

/** Reasons for which a write was not even tried. */
const WAITING: readonly HoldReason[] = ['CalleeNotScaled', 'CallerNotScaled', 'HookFailed'];

/**
 * Writes what asks for a change: all at once, but where one workload calls another, in the order that phases.ts gives;
 * what could not be written holds what must come after it until the next tick. A write that fails or hangs is a record,
 * and the others' writes go on. Where the server is too slow for all of them before the tick must end, those are left that
 * can wait best.
 */
export async function actuateAll(
  deps: TickDeps,
  restrained: readonly RestrainedVerdict[],
  signal: AbortSignal,
): Promise<readonly Actuated[]> {
  const areCalled = restrained.some(({ member }) => member.policy.callers);
  const nodes = areCalled ? restrained.map(({ member }) => callNodeOf(member.policy)) : [];
  const steps = restrained.filter(asksForWrite).map(stepOf).toSorted(lackingMostFirst);
  const undone: Step[] = [];
  const records = new Map<string, ActuationRecord>();
  for (const phase of phasesOf(steps, nodes)) {
    const actuate = async (step: Step): Promise<void> => {
      const hold = holdOf(step, undone, nodes);
      const record = hold ? heldRecord(step.verdict, hold) : await actuateOne(deps, step.verdict, signal);
      records.set(step.key, record);
    };
    await Promise.all(phase.map(actuate));
    undone.push(...phase.filter(({ key }) => isUndone(records.get(key)!)));
  }
  return restrained.map((one) => {
    const { member, status, decision, memory } = one;
    const written = records.size > 0 ? records.get(workloadKey(decision.workload)) : undefined;
    const actuation = written ?? lateRecord(deps, one) ?? unchangedRecord(one);
    return { member, status, decision, memory, actuation };
  });
}

function stepOf(verdict: RestrainedVerdict): Step {
  const replicas = verdict.allowed.toReplicas - verdict.decision.observed.currentReplicas;
  return { ...callNodeOf(verdict.member.policy), replicas, verdict };
}

/** By the share of its replicas that each is to get; those that are to lose some come last. */
function lackingMostFirst(a: Step, b: Step): number {
  return addedRatio(b) - addedRatio(a);
}

function addedRatio({ replicas, verdict }: Step): number {
  return replicas / Math.max(1, verdict.decision.observed.currentReplicas);
}

function holdOf(step: Step, undone: readonly Step[], nodes: readonly CallNode[]): Hold | undefined {
  const other = undone.find((one) => isHeldBy(step, one, nodes));
  if (other === undefined) return undefined;
  const { decision, allowed } = other.verdict;
  const change = `${other.key} could not be brought from ${decision.observed.currentReplicas} to ${allowed.toReplicas}`;
  return { reason: step.replicas > 0 ? 'CalleeNotScaled' : 'CallerNotScaled', message: change };
}

function isUndone({ result, hold }: ActuationRecord): boolean {
  return UNDONE.includes(result) || (hold !== undefined && WAITING.includes(hold.reason));
}
