/** What crosses the wire between this process and others, as its HTTP client (undici) tells it. */
import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

export interface WireCount {
  /** To metrics sources. */
  readonly queries: number;
  /** Everything else: to an API server. */
  readonly others: number;
  /** Of the answers, headers included. */
  readonly bytes: number;
}

const QUERY_PATH = /\/api\/v1\/query(?:_range)?$/;

/** Counts from now on; to be called before the first connection is made. */
export function countWire(): () => WireCount {
  const sockets = new Set<Socket>();
  let [queries, others] = [0, 0];
  channel('undici:client:connected').subscribe((message) =>
    sockets.add((message as { readonly socket: Socket }).socket),
  );
  channel('undici:request:create').subscribe((message) => {
    const { path } = (message as { readonly request: { readonly path: string } }).request;
    if (QUERY_PATH.test(path)) queries += 1;
    else others += 1;
  });
  return () => ({ queries, others, bytes: [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0) });
}
