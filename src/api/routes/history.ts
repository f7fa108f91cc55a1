import { z } from 'zod';
import { isoFromMs } from '../../domain/clock.ts';
import type { Decision } from '../../domain/decision.ts';
import { historyPoint } from '../history-view.ts';
import { historyAnswer } from '../openapi/answer-schemas.ts';
import { parseInput } from '../parse-input.ts';
import type { ApiDeps } from '../ports.ts';
import { wholeNumber } from '../query-schemas.ts';
import type { Route } from '../route.ts';
import { policyOf } from './named-workload.ts';

const MOST_POINTS = 2000;
const historySchema = z.strictObject({ limit: wholeNumber(1, MOST_POINTS).default(MOST_POINTS) });

/** What a chart of a workload needs of its newest decisions, newest first. */
export function historyRoutes({ fleet, history }: Pick<ApiDeps, 'fleet' | 'history'>): readonly Route[] {
  const pointText = pointTexts();
  return [
    {
      method: 'get',
      path: '/api/v1/autoscalers/:namespace/:name/history',
      described: {
        summary: 'Its newest decisions as points of a chart, newest first.',
        query: historySchema,
        answers: { 'application/json': historyAnswer },
      },
      handle: async (request, response) => {
        const { workload } = policyOf(fleet, request, response);
        const { limit } = parseInput(historySchema, request.query, 'query');
        const { decisions, completeSinceMs } = await history.read(workload, { limit });
        const points = decisions.map(({ decision }) => pointText(decision)).join(',');
        const completeSince = completeSinceMs === null ? null : isoFromMs(completeSinceMs);
        response.type('json').send(`{"items":[${points}],${JSON.stringify({ completeSince }).slice(1)}`);
      },
    },
  ];
}

/** Of a decision that never changes: most of a chart is what the last one showed, too. */
function pointTexts(): (decision: Decision) => string {
  const made = new WeakMap<Decision, string>();
  return (decision) => {
    const text = made.get(decision) ?? JSON.stringify(historyPoint(decision));
    made.set(decision, text);
    return text;
  };
}
