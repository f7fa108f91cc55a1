import type { Response } from 'express';
import type { Dispatcher } from 'undici';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import { askPeer, type PeerDeps } from './ask-peer.ts';
import type { Gathering } from './gather-list.ts';
import type { SharedOwner } from './owner.ts';

const LOOK_SECONDS = 5;
const MOST_BUFFERED_BYTES = 1_000_000;
const ENDS_EVENT = '\n\n';

/**
 * This replica's stream of events with those of the others. No id is good for all of them, so a client that comes back
 * is told to read the state again; and it has to come back where one of the streams ends, or the owners are others.
 */
export async function relayStreams(
  deps: PeerDeps & { readonly shared: SharedOwner },
  { request, response, urls, next }: Gathering,
): Promise<void> {
  const over = new AbortController();
  response.once('close', () => over.abort());
  const passed = ['accept'];
  const answers = await Promise.all(
    urls.map((url) => askPeer(deps, request, { url, passed, signal: over.signal })),
  );
  const refused = answers.find(({ statusCode }) => statusCode !== 200);
  if (refused) {
    over.abort();
    throw new Error(`an owner answered ${refused.statusCode}`);
  }
  if (request.headers['last-event-id']) request.headers['last-event-id'] = 'of several';
  const flush = response.flushHeaders.bind(response);
  // The events of the others may only follow the head of our own answer.
  response.flushHeaders = () => {
    flush();
    for (const { body } of answers) void relay(body, response);
  };
  const isAsItWas = (): boolean => deps.shared.others()?.toSorted().join() === urls.toSorted().join();
  const looking = setInterval(() => isAsItWas() || response.end(), LOOK_SECONDS * MS_PER_SECOND);
  looking.unref();
  over.signal.addEventListener('abort', () => clearInterval(looking), { once: true });
  next();
}

/** Event by event, until the stream ends, or the client takes too little of it. Never rejects. */
async function relay(body: Dispatcher.ResponseData['body'], response: Response): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      rest += decoder.decode(chunk, { stream: true });
      const end = rest.lastIndexOf(ENDS_EVENT) + ENDS_EVENT.length;
      if (end >= ENDS_EVENT.length) response.write(rest.slice(0, end).replace(/^id: .*\n/gm, ''));
      rest = end >= ENDS_EVENT.length ? rest.slice(end) : rest;
      if (rest.length + response.writableLength > MOST_BUFFERED_BYTES) return void response.destroy();
    }
  } catch {
    // As when it ends: the client comes back.
  }
  response.end();
}
