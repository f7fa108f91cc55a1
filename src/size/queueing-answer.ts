/**
 * The pure queueing answer for one arrival rate: no buffer, no switching cost, no guards, no distribution.
 * What `prescale size` prints and `POST /api/v1/size` answers.
 */
import type { SizingCandidate, SizingReason } from '../domain/sizing.ts';
import { SECONDS_PER_HOUR } from '../domain/clock.ts';
import { curveCounts } from './curve-window.ts';
import { dispatchedQueue, dispatchedQueues } from './dispatch.ts';
import { createLoadCurve } from './load-curve.ts';
import { needOf } from './needed-replicas.ts';
import type { Need } from './needed-replicas.ts';
import { distributionFromRate } from './rate-distribution.ts';
import { capacityRps, serverRateRps } from './service-model.ts';
import type { ServiceModel } from './service-model.ts';

/** The objective where neither prices nor an objective are given. */
export const DEFAULT_OBJECTIVE_RATIO = 0.99;

export interface SizeQuestion extends ServiceModel {
  readonly arrivalRateRps: number;
  readonly sloSeconds: number;
  /** undefined: none with prices, DEFAULT_OBJECTIVE_RATIO without. */
  readonly objectiveRatio?: number | undefined;
  /** Both or only the first or none. */
  readonly perReplicaHour?: number | undefined;
  readonly perViolation?: number | undefined;
  readonly minReplicas: number;
  readonly maxReplicas?: number | undefined;
  /** Evaluate this count instead of choosing one. */
  readonly replicas?: number | undefined;
}

export interface SizeAnswer {
  readonly replicas: number;
  readonly servers: number;
  /** false: there is no steady state, and so no waits to tell. */
  readonly stable: boolean;
  /** Why this count; 'Given' where it was not chosen. */
  readonly reason: SizingReason | 'Given' | 'TooFewReplicas' | 'TooManyReplicas';
  readonly offeredLoadErlangs: number;
  readonly utilizationRatio: number;
  readonly waitProbability: number | null;
  readonly meanWaitSeconds: number | null;
  readonly meanResponseSeconds: number | null;
  /** 1 in overload: all but the first few are late. */
  readonly sloViolationProbability: number;
  /** null where no price is given; the total is the sum of what has a price. */
  readonly costPerHour: {
    readonly replicas: number | null;
    readonly violations: number | null;
    readonly total: number | null;
  };
}

export function answerSize(question: SizeQuestion): SizeAnswer {
  if (question.replicas !== undefined) return evaluated(question, question.replicas, 'Given');
  const { replicas, reason } = chosenCount(question);
  const max = question.maxReplicas ?? Infinity;
  if (replicas > max) {
    const carries = capacityRps(question, max) > question.arrivalRateRps;
    return evaluated(question, max, carries ? 'TooManyReplicas' : 'MaxReplicasTooSmall');
  }
  if (replicas < question.minReplicas) return evaluated(question, question.minReplicas, 'TooFewReplicas');
  return evaluated(question, replicas, reason);
}

function chosenCount(question: SizeQuestion): Need {
  const { arrivalRateRps, sloSeconds: seconds, perReplicaHour, perViolation } = question;
  const prices =
    perReplicaHour === undefined || perViolation === undefined ? undefined : { perReplicaHour, perViolation };
  const objectiveRatio = question.objectiveRatio ?? (prices ? undefined : DEFAULT_OBJECTIVE_RATIO);
  const curve = createLoadCurve(dispatchedQueues(question), distributionFromRate(arrivalRateRps), seconds);
  return needOf({
    curve,
    // Overload is not for sale here: every count below the load is out of the question.
    overloadHarmRatio: Infinity,
    ...(objectiveRatio !== undefined && { objective: { curve, allowedRatio: 1 - objectiveRatio } }),
    ...(prices && { prices }),
  });
}

function evaluated(question: SizeQuestion, replicas: number, reason: SizeAnswer['reason']): SizeAnswer {
  const { arrivalRateRps } = question;
  const serviceRateRps = serverRateRps(question, replicas);
  const queue = dispatchedQueue(question, arrivalRateRps, replicas);
  const late = queue?.responseTail(question.sloSeconds) ?? 1;
  const servers = replicas * question.serversPerReplica;
  const meanWaitSeconds = queue?.meanWaitSeconds ?? null;
  return {
    replicas,
    servers,
    stable: queue !== undefined,
    reason,
    offeredLoadErlangs: arrivalRateRps / serviceRateRps,
    utilizationRatio: arrivalRateRps / serviceRateRps / servers,
    waitProbability: queue?.waitProbability ?? null,
    meanWaitSeconds,
    meanResponseSeconds: meanWaitSeconds === null ? null : meanWaitSeconds + 1 / serviceRateRps,
    sloViolationProbability: late,
    costPerHour: costPerHour(question, replicas, late),
  };
}

function costPerHour(question: SizeQuestion, replicas: number, late: number): SizeAnswer['costPerHour'] {
  const { perReplicaHour, perViolation, arrivalRateRps } = question;
  const ofReplicas = perReplicaHour === undefined ? null : replicas * perReplicaHour;
  const ofViolations =
    perViolation === undefined ? null : perViolation * arrivalRateRps * late * SECONDS_PER_HOUR;
  const total = ofReplicas === null && ofViolations === null ? null : (ofReplicas ?? 0) + (ofViolations ?? 0);
  return { replicas: ofReplicas, violations: ofViolations, total };
}

/** The cost curve around `replicas`, or that of the late share without prices: stable counts, ascending. */
export function costCurve(question: SizeQuestion, replicas: number): readonly SizingCandidate[] {
  const known = new Map<number, SizeAnswer>();
  const at = (count: number): SizeAnswer => {
    const answer = known.get(count) ?? evaluated(question, count, 'Given');
    known.set(count, answer);
    return answer;
  };
  const isPriced = question.perReplicaHour !== undefined && question.perViolation !== undefined;
  const value = (count: number): number | undefined => {
    const { stable, sloViolationProbability, costPerHour: cost } = at(count);
    if (!stable) return undefined;
    return isPriced ? (cost.total ?? 0) : sloViolationProbability;
  };
  return curveCounts(replicas, value).map((count) => {
    const { sloViolationProbability, costPerHour: cost } = at(count);
    return {
      replicas: count,
      sloViolationProbability,
      costPerHour: { replicas: cost.replicas ?? 0, violations: cost.violations ?? 0, total: cost.total ?? 0 },
    };
  });
}
