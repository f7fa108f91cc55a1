/**
 * Where a policy gives no prices, the objective makes one. A share of all requests over weeks may be late; the fewest
 * replicas that keep to that are those of one price of a late request for all times (the multiplier of the
 * constraint): replicas are then left out where they save the least, and bought where they save the most. Nobody knows
 * the multiplier beforehand, so it is steered, slowly: it rises as the account uses more than its share and falls as
 * it uses less (integral control, as the account is a sum over time; it forgets over weeks, and the price has bounds).
 */
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import type { ObjectiveAccount, ObjectivePrice } from '../domain/objective-account.ts';
import type { Policy } from '../policy/policy.ts';
import { dispatchedQueues } from './dispatch.ts';
import { capacityRps, type ServiceModel } from './service-model.ts';

/**
 * With an empty account a late request weighs as much as serving this many over the allowed share: 307 at 1 % late of
 * which service alone takes 0.67. Of 0.3, 1 and 2, played on five recorded loads, it closes most of what the best HPA
 * pays over an oracle, at 0.02 to 0.1 points less late than 0.3.
 */
const FIRST_SERVICES_TIMES_ALLOWED = 1;
/** A day's allowance too much (too little) is worth e^(1/4) times the price: faster steering costs more than it saves. */
const DAYS_PER_FOLD = 4;
const LEAST_FOLD = 1 / 4;
const MOST_FOLD = 16;
/**
 * Where so many times the allowance has been used although the price had risen, no price buys the objective: what comes is
 * announced by nothing. The first price is paid then, and no more.
 */
const OUT_OF_REACH_TIMES = 4;
/** The price moves in steps, so that what was found at one price serves for a while. */
const STEP_RATIO = 1.1;
/** As the usual windows of service level objectives. */
const FORGOTTEN_OVER_SECONDS = 28 * SECONDS_PER_DAY;
/** Aimed at: less than is allowed, since what is late between two samples is not seen. */
const AIMED_RATIO = 0.75;

const EMPTY_ACCOUNT: Omit<ObjectiveAccount, 'askedReplicas' | 'servingReplicas'> = {
  requests: 0,
  avoidablyLateRequests: 0,
  seconds: 0,
};

/** What replicas may leave late of an objective; undefined where service alone uses it up, or replicas do not add up. */
function allowedAvoidableRatio(model: ServiceModel, slo: Policy['slo']): number | undefined {
  if (model.scalability !== undefined) return undefined;
  const allowed = 1 - slo.objectiveRatio - dispatchedQueues(model).lateByService(1, slo.responseSeconds);
  return allowed > 0 ? allowed : undefined;
}

/** undefined where the objective cannot make a price: service alone makes too many late. */
export function objectivePriceOf(
  account: ObjectiveAccount | undefined,
  model: ServiceModel,
  slo: Policy['slo'],
): ObjectivePrice | undefined {
  const allowedRatio = allowedAvoidableRatio(model, slo);
  if (allowedRatio === undefined) return undefined;
  const { requests, avoidablyLateRequests, seconds } = account ?? EMPTY_ACCOUNT;
  const avoidablyLateRatio = requests > 0 ? avoidablyLateRequests / requests : 0;
  const daysTooMuch = (seconds / SECONDS_PER_DAY) * (avoidablyLateRatio / (AIMED_RATIO * allowedRatio) - 1);
  const mostFold = avoidablyLateRatio > OUT_OF_REACH_TIMES * allowedRatio ? 1 : MOST_FOLD;
  const fold = Math.min(mostFold, Math.max(LEAST_FOLD, Math.exp(daysTooMuch / DAYS_PER_FOLD)));
  const steps = Math.round(Math.log(fold) / Math.log(STEP_RATIO));
  const firstReplicaSeconds = FIRST_SERVICES_TIMES_ALLOWED / allowedRatio / capacityRps(model, 1);
  const replicaSeconds = firstReplicaSeconds * STEP_RATIO ** steps;
  return { replicaSeconds, avoidablyLateRatio, allowedRatio, accountSeconds: seconds };
}

/** What was served from the decision before until now. */
export interface Served {
  readonly model: ServiceModel;
  readonly slo: Policy['slo'];
  readonly arrivalRateRps: number;
  readonly readyReplicas: number;
  readonly currentReplicas: number;
  /** What waits now. */
  readonly backlogRequests: number;
  readonly elapsedMs: number;
}

/** The account with what was served since; as it was where others than its decisions set the count. */
export function accountAfter(account: ObjectiveAccount | undefined, served: Served): ObjectiveAccount {
  const { arrivalRateRps, currentReplicas, elapsedMs } = served;
  const now = { askedReplicas: currentReplicas, servingReplicas: served.readyReplicas };
  if (account?.askedReplicas !== currentReplicas) return { ...(account ?? EMPTY_ACCOUNT), ...now };
  const seconds = elapsedMs / MS_PER_SECOND;
  const requests = arrivalRateRps * seconds;
  const keptRatio = Math.exp(-seconds / FORGOTTEN_OVER_SECONDS);
  return {
    requests: keptRatio * account.requests + requests,
    avoidablyLateRequests:
      keptRatio * account.avoidablyLateRequests +
      requests * avoidablyLateRatio(served, account.servingReplicas),
    seconds: keptRatio * account.seconds + seconds,
    ...now,
  };
}

/** Who comes waits for the backlog first; all are late in overload. */
function avoidablyLateRatio({ model, slo, ...served }: Served, servingReplicas: number): number {
  const { arrivalRateRps, backlogRequests } = served;
  if (servingReplicas < 1) return 1;
  const queues = dispatchedQueues(model);
  const unavoidable = queues.lateByService(servingReplicas, slo.responseSeconds);
  const waitSeconds = backlogRequests / capacityRps(model, servingReplicas);
  const queue = waitSeconds < slo.responseSeconds ? queues.at(arrivalRateRps, servingReplicas) : undefined;
  return Math.max(0, (queue?.responseTail(slo.responseSeconds - waitSeconds) ?? 1) - unavoidable);
}
