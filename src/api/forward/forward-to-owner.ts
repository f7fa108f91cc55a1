import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { Dispatcher } from 'undici';
import { isoFromMs } from '../../domain/clock.ts';
import { credentialsOf } from '../auth/require-admission.ts';
import { ANSWERED_BY, DECIDING_SINCE, FORWARDED_BY, type Owner } from './owner.ts';
import type { PeerAgent } from './peer-agent.ts';

export interface ForwardDeps {
  readonly owner: Owner;
  readonly peers: PeerAgent;
  /** Of this replica. */
  readonly identity: string;
  /** Since when this replica has decided, in milliseconds since the epoch. */
  readonly decidingSinceMs: number;
  /** Told of each question that the owner did not answer, and that was answered here instead. */
  readonly onFault: (error: unknown) => void;
}

/**
 * Passes a question about workloads on to the replica that owns them, with the caller's own token, and its answer back as
 * it comes. Where there is none to be reached, this replica answers, and says that it did and since when it has decided.
 */
export function forwardToOwner(deps: ForwardDeps): RequestHandler {
  const { owner, identity, decidingSinceMs, onFault } = deps;
  return async (request, response, next) => {
    const url = request.get(FORWARDED_BY) === undefined ? owner.url() : undefined;
    if (url !== undefined) {
      const gone = goneSignal(response);
      try {
        const answer = await asked(deps, request, new URL(request.originalUrl, url), gone);
        return await passBack(answer, response);
      } catch (error) {
        if (gone.aborted || response.headersSent) return void response.destroy();
        onFault(error);
      }
    }
    response.set(ANSWERED_BY, owner.isOwner() ? 'owner' : `standby ${identity}`);
    if (!owner.isOwner()) response.set(DECIDING_SINCE, isoFromMs(decidingSinceMs));
    next();
  };
}

/** Aborted when the client has left before it was answered: nobody waits for the owner's answer then. */
function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** What a question is made of, beside its path: nothing else of the client's reaches the owner. */
const PASSED_ON = ['accept', 'accept-encoding', 'if-none-match', 'last-event-id', 'content-type'];
/** What an answer is made of; each of them is made where the body is. */
const PASSED_BACK = [
  ...['content-type', 'content-encoding', 'content-length', 'etag', 'cache-control', 'vary', 'retry-after'],
  ...['x-accel-buffering', 'x-content-type-options', 'www-authenticate', 'allow'],
];

function asked(
  { peers, identity }: ForwardDeps,
  request: Request,
  url: URL,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const credentials = credentialsOf(request);
  const passed = PASSED_ON.flatMap((name) => {
    const value = request.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return peers.current().request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: request.method,
    headers: {
      ...Object.fromEntries(passed),
      ...(credentials !== '' && { authorization: credentials }),
      [FORWARDED_BY]: identity,
    },
    body: request.method === 'POST' ? JSON.stringify(request.body) : null,
    signal,
  });
}

async function passBack(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  response: Response,
): Promise<void> {
  for (const name of PASSED_BACK) if (headers[name] !== undefined) response.set(name, headers[name]);
  response.set(ANSWERED_BY, String(headers[ANSWERED_BY.toLowerCase()] ?? 'owner'));
  response.status(statusCode).flushHeaders();
  await pipeline(body, response);
}
