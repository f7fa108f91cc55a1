import type { ScaleRequest, Written } from '../actuate/scaler.ts';
import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { Policy } from '../policy/policy.ts';
import { beforeAbort } from './deadline.ts';
import type { Judged } from './decide-all.ts';
import type { RestrainedVerdict } from './restrain-all.ts';
import type { TickDeps } from './tick-deps.ts';

/** A verdict and what became of it. */
export interface Actuated extends Judged {
  readonly actuation: ActuationRecord;
}

/** Writes what asks for a change, all at once; a write that fails or hangs is a record, and the others' writes go on. */
export async function actuateAll(
  deps: TickDeps,
  restrained: readonly RestrainedVerdict[],
  signal: AbortSignal,
): Promise<readonly Actuated[]> {
  return Promise.all(
    restrained.map(async (one) => ({ ...one, actuation: await actuate(deps, one, signal) })),
  );
}

async function actuate(
  deps: TickDeps,
  restrained: RestrainedVerdict,
  signal: AbortSignal,
): Promise<ActuationRecord> {
  const { member, decision, status, allowed } = restrained;
  const { workload, decidedAtMs } = decision;
  const { toReplicas, hold } = allowed;
  const record = { workload, decidedAtMs, ...allowed };
  if (!asksForWrite(member.policy, decision, toReplicas))
    return { ...record, result: 'unchanged', message: hold ? `${hold.reason}: ${hold.message}` : '' };
  const stopped = member.policy.mode !== 'Recommend' && deps.safety?.writeSwitch.stoppedBecause();
  if (stopped) return { ...record, ...stop(stopped) };
  // An aborted tick writes nothing more: whoever aborted it may have handed the workload to someone else.
  if (signal.aborted) return { ...record, ...failed('the tick was aborted before the write') };
  const request = { policy: member.policy, toReplicas, version: status.version, nowMs: decidedAtMs };
  return { ...record, ...(await beforeAbort(written(deps, request, signal), signal, failed)) };
}

/** A floor is to be what was decided whatever runs: also below what runs, and when it is what runs. */
function asksForWrite({ mode, paused }: Policy, decision: Decision, toReplicas: number): boolean {
  const asksForChange = toReplicas !== decision.observed.currentReplicas;
  return asksForChange || (mode === 'Floor' && !paused && decision.outcome.kind !== 'abstain');
}

/** `async`, so that a scaler that throws at once is one that rejects. */
async function written(deps: TickDeps, request: ScaleRequest, signal: AbortSignal): Promise<Written> {
  return deps.scaler.write(request, signal);
}

function stop(message: string): Written & Pick<ActuationRecord, 'hold'> {
  return { result: 'stopped', message, hold: { reason: 'Stopped', message } };
}

function failed(cause: unknown): Written {
  return { result: 'failed', message: cause instanceof Error ? cause.message : String(cause) };
}
