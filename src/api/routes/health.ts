import { z } from 'zod';
import { statusAnswer } from '../openapi/answer-schemas.ts';
import type { ApiDeps } from '../ports.ts';
import { sendProblem } from '../problem.ts';
import type { Route } from '../route.ts';

/** For the kubelet and for Prometheus. */
export function healthRoutes({
  metrics,
  notReadyBecause,
}: Pick<ApiDeps, 'metrics' | 'notReadyBecause'>): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/healthz',
      described: { summary: 'Whether the process lives.', answers: { 'application/json': statusAnswer } },
      handle: (_request, response) => void response.json({ status: 'ok' }),
    },
    {
      method: 'get',
      path: '/readyz',
      described: {
        summary: 'Whether every source and workload has been looked at; 503 says what is missing.',
        answers: { 'application/json': statusAnswer },
        problems: [503],
      },
      handle: (_request, response) => {
        const missing = notReadyBecause();
        if (missing === null) response.json({ status: 'ready' });
        else sendProblem(response, 503, missing);
      },
    },
    {
      method: 'get',
      path: '/metrics',
      described: {
        summary: 'Metrics in the text format of Prometheus.',
        answers: { 'text/plain': z.string() },
      },
      handle: async (_request, response) => {
        const text = await metrics.metrics();
        response.set('Content-Type', metrics.contentType).send(text);
      },
    },
  ];
}
