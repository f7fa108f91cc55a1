import type { Request, RequestHandler, Response } from 'express';
import { sendProblem } from '../problem.ts';
import { namespacesAsked } from '../what-if-by-name.ts';
import { askPeer, goneSignal, passBack, PASSED_ON, type PeerDeps } from './ask-peer.ts';
import { gatherList } from './gather-list.ts';
import { relayStreams } from './relay-streams.ts';
import { ANSWERED_BY, FORWARDED_BY, type SharedOwner } from './owner.ts';

export interface TogetherDeps extends PeerDeps {
  readonly shared: SharedOwner;
  /** Told of each owner that did not answer. */
  readonly onFault: (error: unknown) => void;
}

const RETRY_SECONDS = 5;

/**
 * Where each replica knows its own part of the workloads: a question about a namespace goes to its owner; what is about
 * all of them (the list, the stream) is put together of what all owners say. Half an answer is none: where an owner
 * cannot be asked, the client is told to come again.
 */
export function answerTogether(deps: TogetherDeps): RequestHandler {
  const { shared, onFault } = deps;
  return async (request, response, next) => {
    const namespace = namespaceOf(request);
    const isPassedOn = request.get(FORWARDED_BY) !== undefined;
    response.set(ANSWERED_BY, 'owner');
    if (namespace === undefined ? isPassedOn : shared.owns(namespace)) return next();
    try {
      if (namespace === undefined) return await askAll(deps, request, response, next);
      const url = isPassedOn ? undefined : shared.url(namespace);
      if (url === undefined)
        return comeAgain(response, `the owner of the namespace ${namespace} is not known`);
      const question = { url, passed: PASSED_ON, signal: goneSignal(response) };
      await passBack(await askPeer(deps, request, question), response);
    } catch (error) {
      if (response.headersSent || response.destroyed) return void response.destroy();
      onFault(error);
      comeAgain(response, 'the replica that owns what is asked about does not answer');
    }
  };
}

async function askAll(
  deps: TogetherDeps,
  request: Request,
  response: Response,
  next: () => void,
): Promise<void> {
  const urls = deps.shared.others();
  if (urls === undefined) return comeAgain(response, 'not all owners of workloads are known');
  if (request.method === 'HEAD') return next();
  if (request.path === '/api/v1/stream') await relayStreams(deps, { request, response, urls, next });
  else await gatherList(deps, { request, response, urls, next });
}

function comeAgain(response: Response, because: string): void {
  response.set('Retry-After', String(RETRY_SECONDS));
  sendProblem(
    response,
    503,
    `The work is shared out among several replicas, and ${because}. Ask again soon.`,
  );
}

/** The one namespace that a question is about; undefined: it is about all of them. */
function namespaceOf({ params, query, body }: Request): string | undefined {
  const named = params['namespace'] ?? query['namespace'] ?? namespacesAsked(body)[0];
  return named === undefined ? undefined : String(named);
}
