import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { MS_PER_SECOND } from '../domain/clock.ts';
import type { CertificatePair } from './tls/certificate-files.ts';
import type { CertificateKeeper } from './tls/keep-certificate.ts';

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
  /** Whoever comes beyond is not taken: the process has other uses for its files. */
  readonly mostConnections: number;
  /** A client that takes longer to send a request than this is not worth a socket. */
  readonly requestSeconds: number;
  /** Between requests. */
  readonly idleSeconds: number;
  /** While an answer is sent, without a byte taken: longer than the stream is ever silent. */
  readonly stalledSeconds: number;
}

export interface ServerOptions {
  readonly limits?: ClientLimits;
  /** Plain HTTP where there is none. */
  readonly certificate?: CertificateKeeper | undefined;
}

const CLIENT_LIMITS: ClientLimits = {
  mostConnections: 1000,
  requestSeconds: 15,
  idleSeconds: 30,
  stalledSeconds: 45,
};
const SWEEP_MS = 20;

/** Listens; rejects with Node's own error (EADDRINUSE, EACCES, EADDRNOTAVAIL) where it cannot. */
export async function startServer(
  listener: RequestListener,
  { host, port }: ListenAddress,
  { limits = CLIENT_LIMITS, certificate }: ServerOptions = {},
): Promise<ApiServer> {
  const server = createServerFor(listener, limits, certificate);
  server.maxConnections = limits.mostConnections;
  server.timeout = limits.stalledSeconds * MS_PER_SECOND;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host !== null && { host }) }, () => resolve());
  });
  const unfollow =
    'setSecureContext' in server
      ? certificate?.follow((pair) => server.setSecureContext(tlsOf(pair)))
      : undefined;
  const address = server.address() as AddressInfo;
  const shownHost = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return {
    url: `${certificate ? 'https' : 'http'}://${shownHost}:${address.port}`,
    async close(graceSeconds) {
      unfollow?.();
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

function createServerFor(
  listener: RequestListener,
  limits: ClientLimits,
  certificate: CertificateKeeper | undefined,
): Server | TlsServer {
  const requestTimeout = limits.requestSeconds * MS_PER_SECOND;
  const options = {
    requestTimeout,
    headersTimeout: requestTimeout,
    // Node looks every 30 s by itself, and so would let a slow request take three times as long.
    connectionsCheckingInterval: requestTimeout / 5,
    keepAliveTimeout: limits.idleSeconds * MS_PER_SECOND,
  };
  if (!certificate) return createServer(options, listener);
  const tls = { ...tlsOf(certificate.pair()), handshakeTimeout: requestTimeout };
  return createTlsServer({ ...options, ...tls }, listener);
}

function tlsOf({ cert, key }: CertificatePair) {
  return { cert, key, minVersion: 'TLSv1.2' } as const;
}
