import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MS_PER_SECOND } from '../domain/clock.ts';

export interface ListenAddress {
  /** null: all addresses of the machine. */
  readonly host: string | null;
  /** 0: any free port. */
  readonly port: number;
}

export interface ApiServer {
  readonly url: string;
  /** Takes no new request, lets those that run end for at most `graceSeconds`, then cuts them off. */
  close(graceSeconds: number): Promise<void>;
}

/** A client that takes longer to send a request than this is not worth a socket. */
const REQUEST_SECONDS = 15;
const IDLE_SECONDS = 30;
const SWEEP_MS = 20;

/** Listens; rejects with Node's own error (EADDRINUSE, EACCES, EADDRNOTAVAIL) where it cannot. */
export async function startServer(
  listener: RequestListener,
  { host, port }: ListenAddress,
): Promise<ApiServer> {
  const server = createServer(
    { requestTimeout: REQUEST_SECONDS * MS_PER_SECOND, keepAliveTimeout: IDLE_SECONDS * MS_PER_SECOND },
    listener,
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host !== null && { host }) }, () => resolve());
  });
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `http://${shownHost}:${address.port}`,
    async close(graceSeconds) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      // A connection whose request ends from now on stays open for the next one, which will not be taken.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      const cutOff = setTimeout(() => server.closeAllConnections(), graceSeconds * MS_PER_SECOND);
      await closed;
      clearInterval(sweep);
      clearTimeout(cutOff);
    },
  };
}
