import { MS_PER_SECOND } from '../../domain/clock.ts';
import type { CertificateLook, CertificatePair, ServedCertificate } from './certificate-files.ts';

/** What a server does with a certificate: serves it, and takes the next one without a break. */
export interface CertificateKeeper {
  pair(): CertificatePair;
  /** Calls `apply` with each new pair from now on; returns what ends that. */
  follow(apply: (pair: CertificatePair) => void): () => void;
}

/** The kubelet swaps a mounted Secret within about a minute of its change; connections take the new one soon after. */
const LOOK_SECONDS = 10;

export interface KeepCertificateDeps {
  readonly certificate: ServedCertificate;
  readonly onLook: (look: Exclude<CertificateLook, { kind: 'same' }>, pair: CertificatePair) => void;
  /** Calls `look` every so often; returns what ends that. */
  readonly every?: (seconds: number, look: () => void) => () => void;
}

export function keepCertificate({
  certificate,
  onLook,
  every = byTimer,
}: KeepCertificateDeps): CertificateKeeper {
  return {
    pair: () => certificate.pair(),
    follow(apply) {
      const look = async (): Promise<void> => {
        const found = await certificate.look();
        if (found.kind === 'same') return;
        if (found.kind === 'loaded') apply(certificate.pair());
        onLook(found, certificate.pair());
      };
      return every(LOOK_SECONDS, () => void look());
    },
  };
}

function byTimer(seconds: number, look: () => void): () => void {
  const timer = setInterval(look, seconds * MS_PER_SECOND);
  timer.unref();
  return () => clearInterval(timer);
}
