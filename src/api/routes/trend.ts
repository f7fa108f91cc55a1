import { z } from 'zod';
import { isoFromMs, MS_PER_SECOND } from '../../domain/clock.ts';
import { resampleTrend, type TrendRow } from '../../domain/trend.ts';
import { trendAnswer } from '../openapi/answer-schemas.ts';
import { parseInput } from '../parse-input.ts';
import type { ApiDeps } from '../ports.ts';
import type { Route } from '../route.ts';
import { beforeSchema, wholeNumber } from '../query-schemas.ts';
import { policyOf } from './named-workload.ts';

const MOST_ROWS = 2000;
/** Multiples of what is kept, from as fine as it is to a day. */
const STEPS_SECONDS = ['300', '900', '1800', '3600', '7200', '21600', '86400'] as const;
const trendSchema = z.strictObject({
  stepSeconds: z
    .enum(STEPS_SECONDS, { error: `one of ${STEPS_SECONDS.join(', ')}` })
    .transform(Number)
    .default(3600),
  limit: wholeNumber(1, MOST_ROWS).default(MOST_ROWS),
  before: beforeSchema.optional(),
});

/** Weeks of a workload in a few points: of each stretch the least, the most and the last, so that every peak is there. */
export function trendRoutes({ fleet, trend }: Pick<ApiDeps, 'fleet' | 'trend'>): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/autoscalers/:namespace/:name/history/trend',
      described: {
        summary: 'Weeks of its decisions, put together by stretches of stepSeconds, newest first.',
        query: trendSchema,
        answers: { 'application/json': trendAnswer },
      },
      handle: async (request, response) => {
        const { workload } = policyOf(fleet, request, response);
        const { stepSeconds, limit, before } = parseInput(trendSchema, request.query, 'query');
        const rows = await trend.read(workload, { fromMs: -Infinity, beforeMs: before ?? Infinity });
        const stretches = resampleTrend(rows, stepSeconds);
        const shown = stretches.slice(-limit).reverse();
        const last = stretches.length > limit ? shown.at(-1) : undefined;
        response.json({
          stepSeconds,
          items: shown.map((row) => rowView(row, stepSeconds)),
          nextBefore: last ? isoFromMs(last.atMs) : null,
        });
      },
    },
  ];
}

function rowView({ atMs, arrivalRateRps: rate, ...rest }: TrendRow, stepSeconds: number): object {
  return {
    at: isoFromMs(atMs),
    endsAt: isoFromMs(atMs + stepSeconds * MS_PER_SECOND),
    arrivalRate: rate && {
      minRps: rate.min,
      maxRps: rate.max,
      lastRps: rate.last,
      meanRps: rate.sum / rate.count,
    },
    ...rest,
  };
}
