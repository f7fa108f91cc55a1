import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { Dispatcher } from 'undici';
import { credentialsOf } from '../auth/require-admission.ts';
import { ANSWERED_BY, FORWARDED_BY } from './owner.ts';
import type { PeerAgent } from './peer-agent.ts';

/** Aborted when the client has left before it was answered: nobody waits for the owner's answer then. */
export function goneSignal(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

/** What a question is made of, beside its path: nothing else of the client's reaches the owner. */
export const PASSED_ON = ['accept', 'accept-encoding', 'if-none-match', 'last-event-id', 'content-type'];
/** What an answer is made of; each of them is made where the body is. */
const PASSED_BACK = [
  ...['content-type', 'content-encoding', 'content-length', 'etag', 'cache-control', 'vary', 'retry-after'],
  ...['x-accel-buffering', 'x-content-type-options', 'www-authenticate', 'allow'],
];

export interface PeerDeps {
  readonly peers: PeerAgent;
  /** Of this replica. */
  readonly identity: string;
}

export interface PeerQuestion {
  /** Of the other replica. */
  readonly url: string;
  /** Names of the headers of the client's that go with it, beside its credentials. */
  readonly passed: readonly string[];
  readonly signal: AbortSignal;
}

/** The client's question, asked of another replica in the client's own name. */
export function askPeer(
  { peers, identity }: PeerDeps,
  request: Request,
  { url, passed, signal }: PeerQuestion,
): Promise<Dispatcher.ResponseData> {
  const credentials = credentialsOf(request);
  const { origin, pathname, search } = new URL(request.originalUrl, url);
  const headers = passed.flatMap((name) => {
    const value = request.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return peers.current().request({
    origin,
    path: `${pathname}${search}`,
    method: request.method,
    headers: {
      ...Object.fromEntries(headers),
      ...(credentials !== '' && { authorization: credentials }),
      [FORWARDED_BY]: identity,
    },
    body: request.method === 'POST' ? JSON.stringify(request.body) : null,
    signal,
  });
}

/** The other replica's answer, as it comes. */
export async function passBack(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  response: Response,
): Promise<void> {
  for (const name of PASSED_BACK) if (headers[name] !== undefined) response.set(name, headers[name]);
  response.set(ANSWERED_BY, String(headers[ANSWERED_BY.toLowerCase()] ?? 'owner'));
  response.status(statusCode).flushHeaders();
  await pipeline(body, response);
}
