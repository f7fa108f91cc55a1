import type { Request, Response } from 'express';
import { askPeer, goneSignal, type PeerDeps } from './ask-peer.ts';

export interface Gathering {
  readonly request: Request;
  readonly response: Response;
  /** Of the other owners. */
  readonly urls: readonly string[];
  /** This replica's own answer. */
  readonly next: () => void;
}

interface List {
  readonly items: readonly { readonly namespace: string; readonly name: string }[];
}

/**
 * The list of this replica with those of the others. Throws where one of them does not answer with a list. What changes
 * hands at that moment may be in two of them: the first counts.
 */
export async function gatherList(
  deps: PeerDeps,
  { request, response, urls, next }: Gathering,
): Promise<void> {
  const signal = goneSignal(response);
  const lists = await Promise.all(
    urls.map(async (url) => {
      const { statusCode, body } = await askPeer(deps, request, { url, passed: [], signal });
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
      return (await body.json()) as List;
    }),
  );
  const send = response.json.bind(response);
  response.json = (own: List) => send({ items: merged([own, ...lists]) });
  next();
}

function merged(lists: readonly List[]): List['items'] {
  const all = lists
    .flatMap(({ items }) => items)
    .map((one) => [`${one.namespace}/${one.name}`, one] as const);
  return [...new Map(all.toReversed())].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
