import type { ReplicaStatus } from '../actuate/scaler.ts';
import { decide, initialMemory } from '../decide.ts';
import { desiredReplicas, type Decision, type DecisionMemory } from '../domain/decision.ts';
import { createCounterfactual } from '../replay/counterfactual.ts';
import type { Member } from './fleet.ts';
import type { Foreseen } from './kept-forecast.ts';
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
    const counterfactual = (member.counterfactual ??= createCounterfactual(policy, tickSeconds));
    const hpaReplicas = counterfactual.look(observation);
    const seen = { observation, forecast, memory, hpaReplicas };
    const decided = decide({ ...seen, policy, nowMs, tickSeconds, knownNeeds });
    counterfactual.decided(desiredReplicas(decided.decision));
    return { member, status, ...decided };
  });
}
