import { z } from 'zod';
import { DISPATCHES } from '../../policy/policy.ts';
import { amount, block, count } from '../../policy/schema/field-types.ts';
import { answerSize } from '../../size/queueing-answer.ts';
import { type Contradiction, contradictions, sizeQuestion } from '../../size/size-request.ts';
import { MOST_ERLANGS } from '../offered-load.ts';
import { sizeAnswer } from '../openapi/answer-schemas.ts';
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
  patienceSeconds: amount('Clients that wait give up after this long in the mean.', {
    above: 0,
    max: MOST_RPS,
  }).optional(),
  queueLimit: count('Requests that a replica holds before it sheds.', {
    min: 1,
    max: MOST_SERVERS,
  }).optional(),
  contention: amount('Scalability: share of the work that replicas do one at a time.', {
    min: 0,
    max: 1,
  }).default(0),
  coherency: amount('Scalability: cost of each pair of replicas that must agree.', {
    min: 0,
    max: 1,
  }).default(0),
  minReplicas: count('Choose no fewer.', { min: 1, max: MOST_REPLICAS }).default(1),
  maxReplicas: count('Choose no more.', { min: 1, max: MOST_REPLICAS }).optional(),
  replicas: count('Evaluate this count instead of choosing one.', { min: 1, max: MOST_REPLICAS }).optional(),
}).superRefine((request, context) => {
  const refuse = ({ field, got, allowed }: Contradiction): void =>
    context.addIssue({ code: 'custom', path: [field], params: { got, allowed } });
  const { arrivalRateRps, serviceRateRps } = request;
  if (arrivalRateRps / serviceRateRps > MOST_ERLANGS)
    refuse({
      field: 'arrivalRateRps',
      got: String(arrivalRateRps),
      allowed: `at most ${MOST_ERLANGS} times serviceRateRps`,
    });
  contradictions(request, String).forEach(refuse);
});

/** The pure queueing answer, as `prescale size --json` prints it. */
export function sizeRoutes(): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/api/v1/size',
      described: {
        summary: 'The pure queueing answer: how many replicas an arrival rate needs within an SLO.',
        body: sizeSchema,
        answers: { 'application/json': sizeAnswer },
      },
      handle: (request, response) => {
        response.json(answerSize(sizeQuestion(parseInput(sizeSchema, request.body, 'size'))));
      },
    },
  ];
}
