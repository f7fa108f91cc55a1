import { decisionToJson } from '../../explain/to-json.ts';
import type { ApiDeps } from '../ports.ts';
import type { Route } from '../route.ts';
import { whatIfQuestion } from '../what-if-question.ts';

/** A policy and observations in, the full Decision out; nothing is written. */
export function whatIfRoutes({ whatIf }: ApiDeps): readonly Route[] {
  return [
    {
      method: 'post',
      path: '/api/v1/decisions',
      handle: (request, response) => {
        response.json(decisionToJson(whatIf(whatIfQuestion(request.body))));
      },
    },
  ];
}
