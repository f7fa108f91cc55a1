import { Counter, Gauge, type Registry } from 'prom-client';
import { MS_PER_SECOND } from '../domain/clock.ts';

export interface CertificateMeters {
  looked(result: 'loaded' | 'refused'): void;
  /** In milliseconds since the epoch. */
  endsAt(notAfterMs: number): void;
}

/** What is told of the API's certificate; asked for where it has one. */
export function registerCertificateMeters(registry: Registry): CertificateMeters {
  const registers = [registry];
  const reloads = new Counter({
    name: 'prescale_api_certificate_reloads_total',
    help: 'Changed certificate files that were taken (loaded), or not (refused: the one before is served on).',
    labelNames: ['result'],
    registers,
  });
  for (const result of ['loaded', 'refused']) reloads.inc({ result }, 0);
  const ends = new Gauge({
    name: 'prescale_api_certificate_expiry_timestamp_seconds',
    help: 'When the certificate that is served ends, in seconds since the epoch.',
    registers,
  });
  return {
    looked: (result) => reloads.inc({ result }),
    endsAt: (notAfterMs) => ends.set(notAfterMs / MS_PER_SECOND),
  };
}
