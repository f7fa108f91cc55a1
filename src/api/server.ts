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

export interface ClientLimits {
  /** A client that takes longer to send a request than this is not worth a socket. */
  readonly requestSeconds: number;
  /** Between requests. */
  readonly idleSeconds: number;
  /** While an answer is sent, without a byte taken: longer than the stream is ever silent. */
  readonly stalledSeconds: number;
}

const CLIENT_LIMITS: ClientLimits = { requestSeconds: 15, idleSeconds: 30, stalledSeconds: 45 };
const SWEEP_MS = 20;

/** Listens; rejects with Node's own error (EADDRINUSE, EACCES, EADDRNOTAVAIL) where it cannot. */
export async function startServer(
  listener: RequestListener,
  { host, port }: ListenAddress,
  limits: ClientLimits = CLIENT_LIMITS,
): Promise<ApiServer> {
  const requestTimeout = limits.requestSeconds * MS_PER_SECOND;
  const server = createServer(
    {
      requestTimeout,
      headersTimeout: requestTimeout,
      // Node looks every 30 s by itself, and so would let a slow request take three times as long.
      connectionsCheckingInterval: requestTimeout / 5,
      keepAliveTimeout: limits.idleSeconds * MS_PER_SECOND,
    },
    listener,
  );
  server.timeout = limits.stalledSeconds * MS_PER_SECOND;
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
