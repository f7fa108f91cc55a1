import { z } from 'zod';
import { workloadKey } from '../../domain/workload.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { historyPoint } from '../history-view.ts';
import { historyAnswer } from '../openapi/answer-schemas.ts';
import { parseInput } from '../parse-input.ts';
import type { ApiDeps } from '../ports.ts';
import type { Route } from '../route.ts';

const MOST_POINTS = 2000;
const limitForm = `a whole number of 1 to ${MOST_POINTS}`;
const historySchema = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,4}$/, { error: limitForm })
    .transform(Number)
    .pipe(z.number().min(1, { error: limitForm }).max(MOST_POINTS, { error: limitForm }))
    .default(MOST_POINTS),
});

/** What a chart of a workload needs of its newest decisions, newest first. */
export function historyRoutes({ fleet }: Pick<ApiDeps, 'fleet'>): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/autoscalers/:namespace/:name/history',
      described: {
        summary: 'Its newest decisions as points of a chart, newest first.',
        query: historySchema,
        answers: { 'application/json': historyAnswer },
      },
      handle: (request, response) => {
        const { namespace, name } = request.params;
        const workload = { namespace: String(namespace), name: String(name) };
        if (!fleet.policy(workload))
          throw new PrescaleError('notFound', `There is not an autoscaler ${workloadKey(workload)}.`);
        const { limit } = parseInput(historySchema, request.query, 'query');
        response.json({
          items: fleet.list(workload, { limit }).map(({ decision }) => historyPoint(decision)),
        });
      },
    },
  ];
}
