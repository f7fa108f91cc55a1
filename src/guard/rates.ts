import { MS_PER_SECOND } from '../domain/clock.ts';
import { durationFromSeconds } from '../domain/duration.ts';
import type { ReplicaChange } from '../domain/decision.ts';
import type { ScalingRules } from '../policy/policy.ts';
import { type Guard, type GuardInput, type GuardVerdict, pass, withinReach } from './guard.ts';

type ScalingPolicy = ScalingRules['policies'][number];
type Direction = 'up' | 'down';

/**
 * autoscaling/v2 scaling policies (KEP-853). Each allows so many pods, or so many percent, per period, counted from
 * what ran when the period began; `Max` takes the policy that allows the most, `Min` the one that allows the least,
 * `Disabled` allows nothing. What has been asked for within the period already counts.
 */
export const rates: Guard = {
  name: 'rates',
  judge(input, beforeReplicas) {
    const { currentReplicas } = input.observation;
    if (beforeReplicas === currentReplicas)
      return pass(beforeReplicas, 'DesiredWithinRange', 'no change is asked for');
    const direction = beforeReplicas > currentReplicas ? 'up' : 'down';
    const limit = limitReplicas(input, direction);
    const limited = direction === 'up' ? Math.min(beforeReplicas, limit) : Math.max(beforeReplicas, limit);
    const afterReplicas = withinReach(input, beforeReplicas, limited);
    return afterReplicas === beforeReplicas
      ? pass(beforeReplicas, 'DesiredWithinRange', `the policies allow ${direction} to ${limit}`)
      : limitedVerdict(rulesOf(input, direction), direction, { beforeReplicas, afterReplicas });
  },
};

/** The farthest count that the rules of this direction allow now; never on the other side of what runs. */
export function limitReplicas(input: GuardInput, direction: Direction): number {
  const { currentReplicas } = input.observation;
  const rules = rulesOf(input, direction);
  if (rules.selectPolicy === 'Disabled') return currentReplicas;
  const allowed = rules.policies.map((policy) => allowedReplicas(input, policy, direction));
  const farthest = (rules.selectPolicy === 'Max') === (direction === 'up') ? Math.max : Math.min;
  const chosen = allowed.length === 0 ? currentReplicas : farthest(...allowed);
  return direction === 'up' ? Math.max(chosen, currentReplicas) : Math.min(chosen, currentReplicas);
}

/**
 * HPA's arithmetic to the last bit: percentages in doubles, up rounded up (or one pod could never become two), down
 * cut off. 100 pods + 10 % is 111 for HPA, because 100 * 1.1 is 110.00000000000001 in doubles; so it is here.
 */
function allowedReplicas(input: GuardInput, policy: ScalingPolicy, direction: Direction): number {
  const changed = changedWithin(input.memory.changes, input.nowMs, policy.periodSeconds);
  const startReplicas = input.observation.currentReplicas - changed;
  if (policy.type === 'Pods')
    return direction === 'up' ? startReplicas + policy.value : startReplicas - policy.value;
  return direction === 'up'
    ? Math.ceil(startReplicas * (1 + policy.value / 100))
    : Math.trunc(startReplicas * (1 - policy.value / 100));
}

function changedWithin(changes: readonly ReplicaChange[], nowMs: number, periodSeconds: number): number {
  const cutoffMs = nowMs - periodSeconds * MS_PER_SECOND;
  return changes.reduce((sum, change) => (change.atMs > cutoffMs ? sum + change.replicas : sum), 0);
}

function rulesOf(input: GuardInput, direction: Direction): ScalingRules {
  return direction === 'up' ? input.policy.behavior.scaleUp : input.policy.behavior.scaleDown;
}

function limitedVerdict(
  rules: ScalingRules,
  direction: Direction,
  { beforeReplicas, afterReplicas }: { readonly beforeReplicas: number; readonly afterReplicas: number },
): GuardVerdict {
  if (rules.selectPolicy === 'Disabled') {
    const reason = direction === 'up' ? 'ScaleUpDisabled' : 'ScaleDownDisabled';
    return { afterReplicas, reason, message: `scaling ${direction} is disabled; keeps ${afterReplicas}` };
  }
  const reason = direction === 'up' ? 'ScaleUpLimit' : 'ScaleDownLimit';
  const allowed = rules.policies.map(policyText).join(', ');
  const message = `${rules.selectPolicy} of ${allowed}: ${afterReplicas} instead of ${beforeReplicas}`;
  return { afterReplicas, reason, message };
}

function policyText(policy: ScalingPolicy): string {
  const amount = policy.type === 'Pods' ? `${policy.value} pods` : `${policy.value} %`;
  return `${amount} per ${durationFromSeconds(policy.periodSeconds)}`;
}
