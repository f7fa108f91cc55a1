import type { ApiDeps } from '../ports.ts';
import { sendProblem } from '../problem.ts';
import type { Route } from '../route.ts';

/** For the kubelet and for Prometheus. */
export function healthRoutes({ metrics, notReadyBecause }: ApiDeps): readonly Route[] {
  return [
    {
      method: 'get',
      path: '/healthz',
      handle: (_request, response) => void response.json({ status: 'ok' }),
    },
    {
      method: 'get',
      path: '/readyz',
      handle: (_request, response) => {
        const missing = notReadyBecause();
        if (missing === null) response.json({ status: 'ready' });
        else sendProblem(response, 503, missing);
      },
    },
    {
      method: 'get',
      path: '/metrics',
      handle: async (_request, response) => {
        const text = await metrics.metrics();
        response.set('Content-Type', metrics.contentType).send(text);
      },
    },
  ];
}
