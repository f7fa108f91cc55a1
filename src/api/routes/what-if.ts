import { z } from 'zod';
import { decisionToJson } from '../../explain/to-json.ts';
import { policySchema } from '../../policy/policy-schema.ts';
import { decisionBody } from '../openapi/decision-body.ts';
import type { ApiDeps } from '../ports.ts';
import type { Route } from '../route.ts';
import { observationSchema, samplesSchema, whatIfSchema } from '../what-if-schema.ts';
import { asksByName, namespacesAsked, questionByName, whatIfByNameSchema } from '../what-if-by-name.ts';
import { whatIfQuestion } from '../what-if-question.ts';

/** Its parts are parsed one by one, by their own parsers. */
const documentedQuestion = z.union([
  whatIfByNameSchema,
  whatIfSchema.extend({
    policy: policySchema,
    observations: z.union([samplesSchema, observationSchema]),
  }),
]);

/** A policy and observations, or a workload's name and overrides, in; the full Decision out; nothing is written. */
export function whatIfRoutes({ whatIf, fleet }: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/api/v1/decisions',
      described: {
        summary:
          'What would be decided: a policy and observations, or a workload and what would be different, in; the full Decision out, nothing written.',
        body: documentedQuestion,
        answers: { 'application/json': decisionBody },
        problems: [404],
      },
      namespaces: (request) => namespacesAsked(request.body),
      handle: (request, response) => {
        const body: unknown = request.body;
        const question = asksByName(body) ? questionByName(fleet, body, response) : whatIfQuestion(body);
        response.json(decisionToJson(whatIf(question)));
      },
    },
  ];
}
