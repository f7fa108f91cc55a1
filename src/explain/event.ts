import type { ActuationRecord } from '../domain/actuation.ts';
import type { Decision } from '../domain/decision.ts';
import type { Reason } from '../domain/reasons.ts';
import { sentence } from './sentence.ts';

/** `FailedRescale` is HPA's word for a write that was refused; everything else is the decision's own reason. */
export type EventReason = Reason | 'FailedRescale';

/** The parts of a Kubernetes event that a decision determines. */
export interface EventValue {
  readonly type: 'Normal' | 'Warning';
  readonly reason: EventReason;
  readonly message: string;
}

/** Kubernetes refuses an event whose message is longer (1,024 bytes). */
export const MAX_MESSAGE_CHARACTERS = 1024;

/** Reasons that a person should look at, though the decision itself is safe. */
const WARNINGS: ReadonlySet<Reason> = new Set<Reason>([
  'ForecastUnavailable',
  'LowConfidence',
  'ImplausibleZero',
  'TooManyReplicas',
]);

/** What `kubectl describe` shows of a decision. Whether it is worth an event is for the shell to say (`isNews`). */
export function eventOf(decision: Decision, actuation?: ActuationRecord): EventValue {
  const { outcome } = decision;
  const failed = actuation?.result === 'failed';
  const warns = failed || outcome.kind === 'abstain' || WARNINGS.has(outcome.reason);
  return {
    type: warns ? 'Warning' : 'Normal',
    reason: failed ? 'FailedRescale' : outcome.reason,
    message: shortened(sentence(decision, actuation)),
  };
}

function shortened(message: string): string {
  if (message.length <= MAX_MESSAGE_CHARACTERS) return message;
  return `${message.slice(0, MAX_MESSAGE_CHARACTERS - 1)}…`;
}
