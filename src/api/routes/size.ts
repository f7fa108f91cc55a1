import { z } from 'zod';
import { DISPATCHES } from '../../policy/policy.ts';
import { amount, block, count } from '../../policy/schema/field-types.ts';
import { answerSize, type SizeQuestion } from '../../size/queueing-answer.ts';
import { isVariable } from '../../size/service-model.ts';
import { MOST_ERLANGS } from '../offered-load.ts';
import { parseInput } from '../parse-input.ts';
import type { Route } from '../route.ts';

const MOST_RPS = 1e12;
const MOST_SERVERS = 1e6;
const MOST_REPLICAS = 1e6;
const MOST_VARIATION = 1000;

/** The flags of `prescale size` as JSON. */
const sizeSchema = block({
  arrivalRateRps: amount('Requests that arrive per second.', { min: 0, max: MOST_RPS }),
  serviceRateRps: amount('Requests per second that one server completes.', { above: 0, max: MOST_RPS }),
  sloSeconds: amount('Response time that a request must not exceed.', { min: 0, max: MOST_RPS }),
  serversPerReplica: count('Requests that one replica works on at a time.', {
    min: 1,
    max: MOST_SERVERS,
  }).default(1),
  replicaCostPerHour: amount('Price of one replica for an hour.', { min: 0 }).optional(),
  violationCost: amount('Price of one request over the SLO.', { min: 0 }).optional(),
  objective: amount('Share of requests within the SLO.', { min: 0, below: 1 }).optional(),
  dispatch: z.enum(DISPATCHES).default('Central'),
  arrivalVariability: amount('Squared coefficient of variation of the times between arrivals; 1: Poisson.', {
    min: 0,
    max: MOST_VARIATION,
  }).default(1),
  serviceVariability: amount('Squared coefficient of variation of the service time; 1: exponential.', {
    min: 0,
    max: MOST_VARIATION,
  }).default(1),
  minReplicas: count('Choose no fewer.', { min: 1, max: MOST_REPLICAS }).default(1),
  maxReplicas: count('Choose no more.', { min: 1, max: MOST_REPLICAS }).optional(),
  replicas: count('Evaluate this count instead of choosing one.', { min: 1, max: MOST_REPLICAS }).optional(),
}).superRefine(
  (
    { arrivalRateRps, serviceRateRps, minReplicas, maxReplicas, violationCost, replicaCostPerHour },
    context,
  ) => {
    const refuse = (path: string, got: string, allowed: string): void =>
      context.addIssue({ code: 'custom', path: [path], params: { got, allowed } });
    if (arrivalRateRps / serviceRateRps > MOST_ERLANGS)
      refuse('arrivalRateRps', String(arrivalRateRps), `at most ${MOST_ERLANGS} times serviceRateRps`);
    if (maxReplicas !== undefined && minReplicas > maxReplicas)
      refuse('minReplicas', String(minReplicas), `at most maxReplicas, which is ${maxReplicas}`);
    if (violationCost !== undefined && replicaCostPerHour === undefined)
      refuse(
        'violationCost',
        'a price without replicaCostPerHour',
        'both prices, or none to meet the objective',
      );
  },
);

/** The pure queueing answer, as `prescale size --json` prints it. */
export function sizeRoutes(): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/api/v1/size',
      handle: (request, response) => {
        response.json(answerSize(questionFrom(parseInput(sizeSchema, request.body, 'size'))));
      },
    },
  ];
}

function questionFrom({
  replicaCostPerHour,
  violationCost,
  objective,
  arrivalVariability: arrivals,
  serviceVariability: service,
  ...asked
}: z.output<typeof sizeSchema>): SizeQuestion {
  return {
    ...asked,
    ...(isVariable({ arrivals, service }) && { variability: { arrivals, service } }),
    perReplicaHour: replicaCostPerHour,
    perViolation: violationCost,
    objectiveRatio: objective,
  };
}
