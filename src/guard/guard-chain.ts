import type { GuardStep } from '../domain/decision.ts';
import { bounds } from './bounds.ts';
import { budget } from './budget.ts';
import { dependency } from './dependency.ts';
import { forecastTrust } from './forecast-trust.ts';
import type { Guard, GuardInput, GuardVerdict } from './guard.ts';
import { implausibleZero } from './implausible-zero.ts';
import { metricsTrust } from './metrics-trust.ts';
import { pause } from './pause.ts';
import { rates } from './rates.ts';
import { restartCost } from './restart-cost.ts';
import { rollingOut } from './rolling-out.ts';
import { stabilization } from './stabilization.ts';
import { tolerance } from './tolerance.ts';
import { warmingUp } from './warming-up.ts';

/** The chain, in order. What is known comes first, what may be done about it next, what must hold last. */
export const GUARDS: readonly Guard[] = [
  metricsTrust, // nothing was measured: nothing is concluded; little was measured: nothing is removed
  forecastTrust, // no forecast to trust: the measured load is served, nothing is removed
  implausibleZero, // a zero that cannot be true is an outage of something else: nothing is removed
  warmingUp, // after a start or a gap, until the longest window has been watched: nothing is removed
  rollingOut, // replicas come and go by themselves: nothing is removed
  tolerance, // a change too small to be worth its restlessness is not made
  stabilization, // the safest of the recent recommendations, autoscaling/v2
  restartCost, // a replica goes once keeping it has cost as much as starting it again
  rates, // so many replicas per period and no more, autoscaling/v2
  dependency, // no more replicas than what they depend on has room for
  budget, // no more than the group's shared budget leaves
  bounds, // minReplicas and maxReplicas, whatever was said before
  pause, // a person said: hands off
];

/**
 * Asks every guard in turn. The last step's `afterReplicas` is the target. A step that says what the one of `before` (the
 * chain of the decision before) said is that step: most say the same from tick to tick, and decisions are kept.
 */
export function runGuards(
  input: GuardInput,
  startReplicas: number,
  before: readonly GuardStep[] = [],
): readonly GuardStep[] {
  let beforeReplicas = startReplicas;
  let isSame = before.length === GUARDS.length;
  const steps: GuardStep[] = [];
  for (let place = 0; place < GUARDS.length; place += 1) {
    const guard = GUARDS[place];
    const verdict = guard.judge(input, beforeReplicas);
    const known: GuardStep | undefined = before[place];
    const isKnown = known?.guard === guard.name && isSaidBy(known, beforeReplicas, verdict);
    steps.push(isKnown ? known : stepOf(guard, beforeReplicas, verdict));
    isSame &&= isKnown;
    beforeReplicas = verdict.afterReplicas;
  }
  return isSame ? before : steps;
}

function stepOf({ name }: Guard, beforeReplicas: number, verdict: GuardVerdict): GuardStep {
  const { afterReplicas, reason, message } = verdict;
  return { guard: name, beforeReplicas, afterReplicas, reason, message };
}

function isSaidBy(step: GuardStep, beforeReplicas: number, verdict: GuardVerdict): boolean {
  return (
    step.beforeReplicas === beforeReplicas &&
    step.afterReplicas === verdict.afterReplicas &&
    step.reason === verdict.reason &&
    step.message === verdict.message
  );
}
