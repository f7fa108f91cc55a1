import type { Request, Response } from 'express';
import { z } from 'zod';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import { workloadKey } from '../../domain/workload.ts';
import { callerOf, SEES_ALL, type Caller } from '../auth/gate.ts';
import { createEventClient, type EventClient } from '../event-client.ts';
import { historyPoint } from '../history-view.ts';
import { parseInput } from '../parse-input.ts';
import type { ApiDeps, FedDecision } from '../ports.ts';
import { sendProblem } from '../problem.ts';
import type { Route } from '../route.ts';
import { summaryView } from '../views.ts';

export interface StreamLimits {
  readonly heartbeatSeconds: number;
  /** What may wait for one client before it is dropped. */
  readonly mostBufferedBytes: number;
  readonly mostClients: number;
}

const STREAM_LIMITS: StreamLimits = { heartbeatSeconds: 15, mostBufferedBytes: 1_000_000, mostClients: 100 };
const RETRY_SECONDS = 5;

const oneName = z.string({ error: 'a name, once' }).max(253);
const nameForm = 'both namespace and name of a workload, or neither';
const streamSchema = z
  .strictObject({ namespace: oneName.optional(), name: oneName.optional() })
  .refine(({ namespace, name }) => (namespace === undefined) === (name === undefined), {
    path: ['name'],
    error: nameForm,
  });

/**
 * Server-sent events, one per decision: the workload's line of the fleet's table and its point of the chart. A client
 * that comes back with `Last-Event-ID` gets what it missed, or a `reset` where that is no longer kept.
 */
export function streamRoutes(
  { fleet, feed }: Pick<ApiDeps, 'fleet' | 'feed'>,
  limits: StreamLimits = STREAM_LIMITS,
): readonly Route[] {
  const render = createRenderer(fleet);
  return [
    {
      method: 'get',
      path: '/api/v1/stream',
      described: {
        summary: 'Server-sent events, one per decision, until the client leaves.',
        query: streamSchema,
        answers: { 'text/event-stream': z.string() },
        problems: [503],
      },
      handle: async (request, response) => {
        const wanted = wantedBy(request);
        const sight = await openSight(fleet, callerOf(response));
        if (request.method === 'HEAD') return void openStream(response).end();
        if (feed.listeners() >= limits.mostClients) return refuse(response, limits);
        openStream(response);
        let leave = (): void => undefined;
        const client = createEventClient(response, limits.mostBufferedBytes, () => leave());
        const send = (event: FedDecision): void => {
          if (!wanted(event) || !sight.sees(event)) return;
          const data = render(event);
          if (data !== undefined) client.send({ id: event.eventId, event: 'decision', data });
        };
        const beat = async (): Promise<void> => {
          client.heartbeat();
          if (await sight.look()) return;
          client.end();
          leave();
        };
        const heartbeat = setInterval(() => void beat(), limits.heartbeatSeconds * MS_PER_SECOND);
        heartbeat.unref();
        response.write(`retry: ${RETRY_SECONDS * MS_PER_SECOND}\n\n`);
        sendMissed(request, client, { feed, send });
        const unsubscribe = feed.subscribe({ decided: send, ended: () => client.end() });
        leave = () => {
          clearInterval(heartbeat);
          unsubscribe();
        };
        response.on('close', () => leave());
      },
    },
  ];
}

/** What a client may know of, looked at again while it listens: a right that is taken away ends what it sees. */
interface Sight {
  sees(event: FedDecision): boolean;
  /** False where the client may not listen any more, or nobody can tell. Never rejects. */
  look(): Promise<boolean>;
}

async function openSight(fleet: ApiDeps['fleet'], caller: Caller): Promise<Sight> {
  const looked = (): Promise<ReadonlySet<string>> =>
    caller.visible(fleet.policies().map(({ workload }) => workload.namespace));
  const all = caller === SEES_ALL;
  let visible = all ? new Set<string>() : await looked();
  return {
    sees: ({ stored }) => all || visible.has(stored.decision.workload.namespace),
    async look() {
      if (all) return true;
      try {
        visible = await looked();
        return await caller.isStillAdmitted();
      } catch {
        return false;
      }
    },
  };
}

function openStream(response: Response): Response {
  response.status(200).set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    // nginx would hold events back until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  return response;
}

function refuse(response: Response, { mostClients }: StreamLimits): void {
  response.set('Retry-After', String(RETRY_SECONDS));
  sendProblem(response, 503, `${mostClients} clients listen already, which is the most that are served.`);
}

function wantedBy(request: Request): (event: FedDecision) => boolean {
  const { namespace, name } = parseInput(streamSchema, request.query, 'query');
  if (namespace === undefined || name === undefined) return () => true;
  const key = workloadKey({ namespace, name });
  return ({ stored }) => workloadKey(stored.decision.workload) === key;
}

function sendMissed(
  request: Request,
  client: EventClient,
  { feed, send }: { readonly feed: ApiDeps['feed']; readonly send: (event: FedDecision) => void },
): void {
  const lastEventId = request.get('Last-Event-ID');
  if (lastEventId === undefined || lastEventId === '') return;
  const missed = feed.after(lastEventId);
  if (missed) missed.forEach(send);
  else client.send({ event: 'reset', data: '{"detail":"Decisions were missed: read the state again."}' });
}

/** The event's data, made once however many listen; undefined for a workload that is no longer looked after. */
function createRenderer(fleet: ApiDeps['fleet']): (event: FedDecision) => string | undefined {
  const made = new WeakMap<FedDecision, string>();
  return (event) => {
    const before = made.get(event);
    if (before !== undefined) return before;
    const { decision } = event.stored;
    const policy = fleet.policy(decision.workload);
    if (!policy) return undefined;
    const data = JSON.stringify({ autoscaler: summaryView(policy, decision), point: historyPoint(decision) });
    made.set(event, data);
    return data;
  };
}
