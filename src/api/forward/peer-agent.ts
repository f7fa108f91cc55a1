import { X509Certificate } from 'node:crypto';
import { Agent } from 'undici';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import type { CertificatePair } from '../tls/certificate-files.ts';
import type { CertificateKeeper } from '../tls/keep-certificate.ts';

/** A replica that is gone is given up soon: this one answers itself then. */
const CONNECT_SECONDS = 1;
const HEADERS_SECONDS = 10;
/** Longer than the stream is ever silent. */
const SILENCE_SECONDS = 45;
const CONNECTIONS = 128;

/** Connections to other replicas. */
export interface PeerAgent {
  current(): Agent;
  close(): Promise<void>;
}

/**
 * Replicas are reached by their addresses, which no certificate names. But all of them serve the same one: only who shows
 * the very certificate that this replica serves is told a caller's token. (For the moments in which a renewed one has
 * reached some of them, nobody is.)
 */
export function createPeerAgent(certificate: CertificateKeeper | undefined): PeerAgent {
  let made: { readonly cert: string | undefined; readonly agent: Agent } | undefined;
  return {
    current() {
      const pair = certificate?.pair();
      if (made && made.cert === pair?.cert) return made.agent;
      // Ends when what is under way has ended.
      void made?.agent.close();
      made = { cert: pair?.cert, agent: newAgent(pair) };
      return made.agent;
    },
    close: async () => made?.agent.destroy(),
  };
}

function newAgent(pair: CertificatePair | undefined): Agent {
  return new Agent({
    connections: CONNECTIONS,
    headersTimeout: HEADERS_SECONDS * MS_PER_SECOND,
    bodyTimeout: SILENCE_SECONDS * MS_PER_SECOND,
    connect: { timeout: CONNECT_SECONDS * MS_PER_SECOND, ...(pair && onlyWhoServes(pair)) },
  });
}

function onlyWhoServes({ cert }: CertificatePair) {
  const own = new X509Certificate(cert).fingerprint256;
  return {
    ca: cert,
    // The certificate itself is what is trusted, whoever has signed it.
    allowPartialTrustChain: true,
    checkServerIdentity: (_host: string, { fingerprint256 }: { readonly fingerprint256: string }) =>
      fingerprint256 === own ? undefined : new Error('the other replica serves another certificate'),
  };
}
