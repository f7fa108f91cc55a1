import type { GuardStep } from '../domain/decision.ts';
import { bounds } from './bounds.ts';
import { budget } from './budget.ts';
import { dependency } from './dependency.ts';
import { forecastTrust } from './forecast-trust.ts';
import type { Guard, GuardInput } from './guard.ts';
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
  const steps = GUARDS.map((guard, place): GuardStep => {
    const { afterReplicas, reason, message } = guard.judge(input, beforeReplicas);
    const step = { guard: guard.name, beforeReplicas, afterReplicas, reason, message };
    const known: GuardStep | undefined = before[place];
    beforeReplicas = afterReplicas;
    if (known !== undefined && isEqual(step, known)) return known;
    isSame = false;
    return step;
  });
  return isSame ? before : steps;
}

function isEqual(a: GuardStep, b: GuardStep): boolean {
  return (
    a.guard === b.guard &&
    a.beforeReplicas === b.beforeReplicas &&
    a.afterReplicas === b.afterReplicas &&
    a.reason === b.reason &&
    a.message === b.message
  );
}
