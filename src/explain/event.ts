import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { HoldReason } from '../domain/hold.ts';
import type { Reason } from '../domain/reasons.ts';
import { sentence } from './sentence.ts';

/** `FailedRescale` is HPA's word for a write that was refused; everything else is the decision's own reason. */
export type EventReason = Reason | HoldReason | 'FailedRescale';

/** The parts of a Kubernetes event that a decision determines. */
export interface EventValue {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly message: string;
}

/** Kubernetes refuses an event whose message is longer. */
export const MAX_MESSAGE_BYTES = 1024;

/** Reasons that a person should look at, though the decision itself is safe. */
const WARNINGS: ReadonlySet<Reason> = new Set<Reason>([
  'ForecastUnavailable',
  'LowConfidence',
  'ForecastDrifted',
  'ImplausibleZero',
  'TooManyReplicas',
  'DependencyLimit',
]);

/** What `kubectl describe` shows of a decision. Whether it is worth an event is for the shell to say (`isNews`). */
export function eventOf(decision: Decision, actuation?: ActuationRecord): EventValue {
  const { outcome } = decision;
  const failed = actuation?.result === 'failed';
  const hold = actuation?.hold?.reason;
  const warns = failed || isWarning(hold) || outcome.kind === 'abstain' || WARNINGS.has(outcome.reason);
  return {
    type: warns ? 'Warning' : 'Normal',
    reason: failed ? 'FailedRescale' : (hold ?? outcome.reason),
    message: eventMessage(sentence(decision, actuation)),
  };
}

/** Warming up passes by itself; everything else that holds the fleet back waits for a person. */
function isWarning(hold: HoldReason | undefined): boolean {
  return hold !== undefined && hold !== 'FleetWarmingUp';
}

/** The message, cut where Kubernetes would refuse it for its length. */
export function eventMessage(message: string): string {
  const bytes = new TextEncoder().encode(message);
  if (bytes.length <= MAX_MESSAGE_BYTES) return message;
  const ellipsis = '…';
  const room = MAX_MESSAGE_BYTES - new TextEncoder().encode(ellipsis).length;
  // A character that the cut went through decodes to U+FFFD and is left out.
  return new TextDecoder().decode(bytes.subarray(0, room)).replace(/\uFFFD$/, '') + ellipsis;
}
