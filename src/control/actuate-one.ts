import type { HookCall, HookPhase } from '../actuate/hook-caller.ts';
import type { ScaleRequest, Written } from '../actuate/scaler.ts';
import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { Hold } from '../domain/hold.ts';
import type { Policy } from '../policy/policy.ts';
import { beforeAbort } from './deadline.ts';
import type { RestrainedVerdict } from './restrain-all.ts';
import type { TickDeps } from './tick-deps.ts';

/** Writes one verdict that asks for it; never throws. */
export async function actuateOne(
  deps: TickDeps,
  restrained: RestrainedVerdict,
  signal: AbortSignal,
): Promise<ActuationRecord> {
  const { member, decision, status, allowed } = restrained;
  const { workload, decidedAtMs } = decision;
  const { toReplicas } = allowed;
  const record = { workload, decidedAtMs, ...allowed };
  const stopped = member.policy.mode !== 'Recommend' && deps.safety?.writeSwitch.stoppedBecause();
  if (stopped)
    return { ...record, result: 'stopped', message: stopped, hold: { reason: 'Stopped', message: stopped } };
  // An aborted tick writes nothing more: whoever aborted it may have handed the workload to someone else.
  if (signal.aborted) return { ...record, ...failed('the tick was aborted before the write') };
  const fault = await askBefore(deps, restrained, signal);
  if (fault !== undefined) return heldRecord(restrained, { reason: 'HookFailed', message: fault });
  const request = { policy: member.policy, toReplicas, version: status.version, nowMs: decidedAtMs };
  const outcome = await beforeAbort(written(deps, request, signal), signal, failed);
  if (outcome.result === 'applied') void deps.hooks?.call(hookCall(restrained, 'after'));
  return { ...record, ...outcome };
}

/**
 * Calls the hook before a change. Replicas that are added wait for nobody: whoever warms caches or weights for them has
 * their start-up time for it. Replicas that are removed are still being used until the hook has agreed; undefined: go on.
 */
async function askBefore(
  { hooks }: TickDeps,
  restrained: RestrainedVerdict,
  signal: AbortSignal,
): Promise<string | undefined> {
  const answer = hooks?.call(hookCall(restrained, 'before'));
  if (answer === undefined || restrained.allowed.toReplicas >= restrained.decision.observed.currentReplicas)
    return undefined;
  return beforeAbort(answer, signal, () => 'no answer before the tick had to end');
}

/**
 * A write of a tick before, whose answer had not come, that has been made: it counts from when it is seen, and whoever is
 * told of changes is told now. undefined: there is none, or more is asked for by now.
 */
export function lateRecord({ hooks }: TickDeps, restrained: RestrainedVerdict): ActuationRecord | undefined {
  const { status, decision, allowed } = restrained;
  const { writtenLateFrom: fromReplicas } = status;
  if (fromReplicas === undefined || allowed.hold !== undefined) return undefined;
  void hooks?.call({ ...hookCall(restrained, 'after'), fromReplicas });
  const { workload, decidedAtMs, observed } = decision;
  const { currentReplicas: toReplicas } = observed;
  const message = `asked for ${toReplicas} before, which had not been answered; there were ${fromReplicas}`;
  return { workload, decidedAtMs, toReplicas, result: 'applied', message };
}

function hookCall({ member, decision, allowed }: RestrainedVerdict, phase: HookPhase): HookCall {
  const { observed, decidedAtMs, outcome } = decision;
  const { toReplicas } = allowed;
  const { reason } = outcome;
  return {
    policy: member.policy,
    phase,
    fromReplicas: observed.currentReplicas,
    toReplicas,
    decidedAtMs,
    reason,
  };
}

/** What comes of a verdict that asks for nothing to be written. */
export function unchangedRecord({ decision, allowed }: RestrainedVerdict): ActuationRecord {
  const { workload, decidedAtMs } = decision;
  const { toReplicas, hold } = allowed;
  if (hold === undefined) return { workload, decidedAtMs, toReplicas, result: 'unchanged', message: '' };
  const message = `${hold.reason}: ${hold.message}`;
  return { workload, decidedAtMs, toReplicas, hold, result: 'unchanged', message };
}

/** What comes of a verdict that must wait for that of another workload. */
export function heldRecord({ decision, allowed }: RestrainedVerdict, hold: Hold): ActuationRecord {
  const { workload, decidedAtMs, observed } = decision;
  const { currentReplicas: toReplicas } = observed;
  const message = `${hold.reason}: ${hold.message}; ${toReplicas} instead of ${allowed.toReplicas}`;
  return { workload, decidedAtMs, toReplicas, result: 'unchanged', message, hold };
}

/** A floor is to be what was decided whatever runs: also below what runs, and when it is what runs. */
export function asksForWrite({ member, decision, allowed }: RestrainedVerdict): boolean {
  const { mode, paused }: Policy = member.policy;
  const asksForChange = allowed.toReplicas !== decision.observed.currentReplicas;
  return asksForChange || (mode === 'Floor' && !paused && isConcluded(decision));
}

function isConcluded({ outcome }: Decision): boolean {
  return outcome.kind !== 'abstain';
}

/** `async`, so that a scaler that throws at once is one that rejects. */
async function written(deps: TickDeps, request: ScaleRequest, signal: AbortSignal): Promise<Written> {
  return deps.scaler.write(request, signal);
}

function failed(cause: unknown): Written {
  return { result: 'failed', message: cause instanceof Error ? cause.message : String(cause) };
}
