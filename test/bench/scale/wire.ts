/** What crosses the wire between this process and its metrics sources, as their HTTP client (undici) tells it. */
import { channel } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

export interface WireCount {
  readonly queries: number;
  /** Of the answers, headers included. */
  readonly bytes: number;
}

/** Counts from now on; to be called before the first connection is made. */
export function countWire(): () => WireCount {
  const sockets = new Set<Socket>();
  let queries = 0;
  channel('undici:client:connected').subscribe((message) =>
    sockets.add((message as { readonly socket: Socket }).socket),
  );
  channel('undici:request:create').subscribe(() => void (queries += 1));
  return () => ({ queries, bytes: [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0) });
}
