import { z } from 'zod';
import { decisionToJson } from '../../explain/to-json.ts';
import { policySchema } from '../../policy/policy-schema.ts';
import { decisionBody } from '../openapi/decision-body.ts';
import type { ApiDeps } from '../ports.ts';
import type { Route } from '../route.ts';
import { observationSchema, samplesSchema, whatIfSchema } from '../what-if-schema.ts';
import { whatIfQuestion } from '../what-if-question.ts';

/** Its parts are parsed one by one, by their own parsers. */
const documentedQuestion = whatIfSchema.extend({
  policy: policySchema,
  observations: z.union([samplesSchema, observationSchema]),
});

/** A policy and observations in, the full Decision out; nothing is written. */
export function whatIfRoutes({ whatIf }: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/api/v1/decisions',
      described: {
        summary:
          'What would be decided: a policy and observations in, the full Decision out, nothing written.',
        body: documentedQuestion,
        answers: { 'application/json': decisionBody },
      },
      handle: (request, response) => {
        response.json(decisionToJson(whatIf(whatIfQuestion(request.body))));
      },
    },
  ];
}
