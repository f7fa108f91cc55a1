import type { ReplicaStatus } from '../actuate/scaler.ts';
import { decide, initialMemory } from '../decide.ts';
import type { Decision, DecisionMemory } from '../domain/decision.ts';
import type { Member } from './fleet.ts';
import type { Foreseen } from './forecast-all.ts';
import { forEachSafely, type TickDeps } from './tick-deps.ts';

/** A verdict that nothing has come of yet. `memory` is for the next one. */
export interface Judged {
  readonly member: Member;
  readonly status: ReplicaStatus;
  readonly decision: Decision;
  readonly memory: DecisionMemory;
}

export function decideAll(deps: TickDeps, foreseen: readonly Foreseen[]): readonly Judged[] {
  return forEachSafely(deps, 'decide', foreseen, ({ member, status, observation, forecast }) => {
    const nowMs = observation.observedAtMs;
    const { policy, knownNeeds } = member;
    const memory = member.memory ?? initialMemory(nowMs);
    const { tickSeconds } = deps;
    const input = { observation, forecast, policy, memory, nowMs, tickSeconds, knownNeeds };
    return { member, status, ...decide(input) };
  });
}
