/** A question as people ask it: the flags of `prescale size`, the body of `POST /api/v1/size`. */
import type { Dispatch } from '../policy/policy.ts';
import type { SizeQuestion } from './queueing-answer.ts';
import { isVariable } from './service-model.ts';

export interface SizeRequest {
  readonly arrivalRateRps: number;
  readonly serviceRateRps: number;
  readonly sloSeconds: number;
  readonly serversPerReplica: number;
  readonly replicaCostPerHour?: number | undefined;
  readonly violationCost?: number | undefined;
  readonly objective?: number | undefined;
  readonly dispatch: Dispatch;
  readonly patienceSeconds?: number | undefined;
  readonly queueLimit?: number | undefined;
  readonly arrivalVariability: number;
  readonly serviceVariability: number;
  readonly contention: number;
  readonly coherency: number;
  readonly minReplicas: number;
  readonly maxReplicas?: number | undefined;
  readonly replicas?: number | undefined;
}

export interface Contradiction {
  readonly field: keyof SizeRequest;
  readonly got: string;
  readonly allowed: string;
}

/** A queue of so many spreads over a million states, all of which are summed. */
const MOST_PATIENT_REQUESTS = 1e12;

/** Give-up rates beyond a million a second are nothing that clients do, and leave the range of doubles in the end. */
const LEAST_PATIENCE_SECONDS = 1e-6;

/** What the fields of a request, each valid by itself, say against each other. `nameOf`: a field as the asker knows it. */
export function contradictions(
  request: SizeRequest,
  nameOf: (field: keyof SizeRequest) => string,
): readonly Contradiction[] {
  return CHECKS.flatMap((check) => check(request, nameOf) ?? []);
}

type Check = (
  request: SizeRequest,
  nameOf: (field: keyof SizeRequest) => string,
) => Contradiction | undefined;

const CHECKS: readonly Check[] = [
  ({ minReplicas, maxReplicas }, nameOf) =>
    maxReplicas === undefined || minReplicas <= maxReplicas
      ? undefined
      : {
          field: 'minReplicas',
          got: String(minReplicas),
          allowed: `at most ${nameOf('maxReplicas')}, which is ${maxReplicas}`,
        },
  ({ violationCost, replicaCostPerHour }, nameOf) =>
    violationCost === undefined || replicaCostPerHour !== undefined
      ? undefined
      : {
          field: 'violationCost',
          got: `a price without ${nameOf('replicaCostPerHour')}`,
          allowed: `both, or none to meet ${nameOf('objective')}`,
        },
  ({ patienceSeconds, queueLimit, arrivalVariability, serviceVariability }, nameOf) =>
    (patienceSeconds === undefined && queueLimit === undefined) ||
    !isVariable({ arrivals: arrivalVariability, service: serviceVariability })
      ? undefined
      : {
          field: 'arrivalVariability',
          got: `${arrivalVariability}, and ${nameOf('serviceVariability')} ${serviceVariability}`,
          allowed: `1 and 1 together with ${nameOf('patienceSeconds')} or ${nameOf('queueLimit')}`,
        },
  ({ queueLimit, serversPerReplica }, nameOf) =>
    queueLimit === undefined || queueLimit >= serversPerReplica
      ? undefined
      : {
          field: 'queueLimit',
          got: String(queueLimit),
          allowed: `at least ${nameOf('serversPerReplica')}, which is ${serversPerReplica}: requests in service count too`,
        },
  ({ patienceSeconds = Infinity }) =>
    patienceSeconds >= LEAST_PATIENCE_SECONDS
      ? undefined
      : {
          field: 'patienceSeconds',
          got: String(patienceSeconds),
          allowed: `at least ${LEAST_PATIENCE_SECONDS} (a microsecond)`,
        },
  ({ patienceSeconds = 0, arrivalRateRps }) =>
    patienceSeconds * arrivalRateRps <= MOST_PATIENT_REQUESTS
      ? undefined
      : {
          field: 'patienceSeconds',
          got: String(patienceSeconds),
          allowed: `at most ${MOST_PATIENT_REQUESTS} requests that arrive within it; without patience nobody gives up`,
        },
];

/** The question without what has no effect: the exact kernels answer where nothing bends them. */
export function sizeQuestion(request: SizeRequest): SizeQuestion {
  const { arrivalRateRps, serviceRateRps, sloSeconds, serversPerReplica, dispatch } = request;
  const { minReplicas, maxReplicas, replicas, patienceSeconds, queueLimit, contention, coherency } = request;
  const variability = { arrivals: request.arrivalVariability, service: request.serviceVariability };
  const losses = { patienceSeconds: patienceSeconds ?? null, queueLimitRequests: queueLimit ?? null };
  return {
    ...{ arrivalRateRps, serviceRateRps, sloSeconds, serversPerReplica, dispatch },
    ...((patienceSeconds !== undefined || queueLimit !== undefined) && { losses }),
    ...(isVariable(variability) && { variability }),
    ...((contention > 0 || coherency > 0) && { scalability: { contention, coherency } }),
    objectiveRatio: request.objective,
    perReplicaHour: request.replicaCostPerHour,
    perViolation: request.violationCost,
    ...{ minReplicas, maxReplicas, replicas },
  };
}
