import type { ScaleRequest, Written } from '../actuate/scaler.ts';
import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { Hold } from '../domain/hold.ts';
import type { Policy } from '../policy/policy.ts';
import { beforeAbort } from './deadline.ts';
import type { RestrainedVerdict } from './restrain-all.ts';
import type { TickDeps } from './tick-deps.ts';

/** Writes one verdict, where it asks for a change; never throws. */
export async function actuateOne(
  deps: TickDeps,
  restrained: RestrainedVerdict,
  signal: AbortSignal,
): Promise<ActuationRecord> {
  const { member, decision, status, allowed } = restrained;
  const { workload, decidedAtMs } = decision;
  const { toReplicas, hold } = allowed;
  const record = { workload, decidedAtMs, ...allowed };
  if (!asksForWrite(restrained))
    return { ...record, result: 'unchanged', message: hold ? `${hold.reason}: ${hold.message}` : '' };
  const stopped = member.policy.mode !== 'Recommend' && deps.safety?.writeSwitch.stoppedBecause();
  if (stopped)
    return { ...record, result: 'stopped', message: stopped, hold: { reason: 'Stopped', message: stopped } };
  // An aborted tick writes nothing more: whoever aborted it may have handed the workload to someone else.
  if (signal.aborted) return { ...record, ...failed('the tick was aborted before the write') };
  const request = { policy: member.policy, toReplicas, version: status.version, nowMs: decidedAtMs };
  return { ...record, ...(await beforeAbort(written(deps, request, signal), signal, failed)) };
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
