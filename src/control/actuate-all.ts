import type { ScaleRequest, Written } from '../actuate/scaler.ts';
import type { ActuationRecord } from '../domain/actuation.ts';
import { asksForChange, desiredReplicas, type Decision } from '../domain/decision.ts';
import type { Policy } from '../policy/policy.ts';
import { beforeAbort } from './deadline.ts';
import type { Judged } from './decide-all.ts';
import type { TickDeps } from './tick-deps.ts';

/** A verdict and what became of it. */
export interface Actuated extends Judged {
  readonly actuation: ActuationRecord;
}

/** Writes what asks for a change, all at once; a write that fails or hangs is a record, and the others' writes go on. */
export async function actuateAll(
  deps: TickDeps,
  judged: readonly Judged[],
  signal: AbortSignal,
): Promise<readonly Actuated[]> {
  return Promise.all(judged.map(async (one) => ({ ...one, actuation: await actuate(deps, one, signal) })));
}

async function actuate(deps: TickDeps, judged: Judged, signal: AbortSignal): Promise<ActuationRecord> {
  const { member, decision, status } = judged;
  const { workload, decidedAtMs } = decision;
  const toReplicas = desiredReplicas(decision);
  const record = { workload, decidedAtMs, toReplicas };
  if (!asksForWrite(member.policy, decision)) return { ...record, result: 'unchanged', message: '' };
  // An aborted tick writes nothing more: whoever aborted it may have handed the workload to someone else.
  if (signal.aborted) return { ...record, ...failed('the tick was aborted before the write') };
  const request = { policy: member.policy, toReplicas, version: status.version, nowMs: decidedAtMs };
  return { ...record, ...(await beforeAbort(written(deps, request, signal), signal, failed)) };
}

/** A floor is to be what was decided whatever runs: also below what runs, and when it is what runs. */
function asksForWrite({ mode, paused }: Policy, decision: Decision): boolean {
  return asksForChange(decision) || (mode === 'Floor' && !paused && decision.outcome.kind !== 'abstain');
}

/** `async`, so that a scaler that throws at once is one that rejects. */
async function written(deps: TickDeps, request: ScaleRequest, signal: AbortSignal): Promise<Written> {
  return deps.scaler.write(request, signal);
}

function failed(cause: unknown): Written {
  return { result: 'failed', message: cause instanceof Error ? cause.message : String(cause) };
}
