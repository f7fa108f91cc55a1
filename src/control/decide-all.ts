import type { ReplicaStatus } from '../actuate/scaler.ts';
import { decide, initialMemory, type Decided, type DecideInput } from '../decide.ts';
import type { BudgetShare } from '../domain/budget-share.ts';
import { desiredReplicas, type Decision, type DecisionMemory } from '../domain/decision.ts';
import { workloadKey } from '../domain/workload.ts';
import { createCounterfactual } from '../replay/counterfactual.ts';
import type { Member } from './fleet.ts';
import type { Foreseen } from './kept-forecast.ts';
import { shareBudgets } from './share-budgets.ts';
import { forEachSafely, type TickDeps } from './tick-deps.ts';

/** A verdict that nothing has come of yet. `memory` is for the next one. */
export interface Judged {
  readonly member: Member;
  readonly status: ReplicaStatus;
  readonly decision: Decision;
  readonly memory: DecisionMemory;
}

interface FirstVerdict extends Judged {
  readonly asked: DecideInput;
}

/** Decides for each, and again for those whose group asks for more than it may have. */
export function decideAll(deps: TickDeps, foreseen: readonly Foreseen[]): readonly Judged[] {
  const first = forEachSafely(deps, 'decide', foreseen, (one) => firstVerdict(deps, one));
  const shares = shareBudgets(deps.fleet, first);
  return forEachSafely(deps, 'decide', first, (one) => {
    const { member, status, asked } = one;
    const share = shares.size > 0 ? shares.get(workloadKey(one.decision.workload)) : undefined;
    const { decision, memory } = share ? decideWithin(share, asked) : one;
    member.counterfactual?.decided(desiredReplicas(decision));
    return { member, status, decision, memory };
  });
}

function firstVerdict(
  { tickSeconds }: TickDeps,
  { member, status, observation, forecast }: Foreseen,
): FirstVerdict {
  const nowMs = observation.observedAtMs;
  const { policy, knownNeeds, newest: previous } = member;
  const counterfactual = (member.counterfactual ??= createCounterfactual(policy, tickSeconds));
  const hpaReplicas = counterfactual.look(observation);
  const asked = {
    observation,
    forecast,
    policy,
    memory: member.memory ?? initialMemory(nowMs),
    nowMs,
    tickSeconds,
    knownNeeds,
    previous,
    hpaReplicas,
  };
  const { decision, memory } = decide(asked);
  return { member, status, decision, memory, asked };
}

/** The same question, with what a shared budget leaves. */
function decideWithin(budget: BudgetShare, asked: DecideInput): Decided {
  return decide({ ...asked, observation: { ...asked.observation, budget } });
}
