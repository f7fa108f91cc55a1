import { openCertificateFiles } from '../../api/tls/certificate-files.ts';
import { keepCertificate, type CertificateKeeper } from '../../api/tls/keep-certificate.ts';
import { isoFromMs } from '../../domain/clock.ts';
import { registerCertificateMeters } from '../../telemetry/certificate-meters.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';

/** Both or neither. */
export interface CertificateFlags {
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
}

/** What the API is served with; undefined: plain HTTP. Rejects where the files hold no good pair. */
export async function openCertificate(
  { tlsCertFile, tlsKeyFile }: CertificateFlags,
  { metrics, logger }: { readonly metrics: Metrics; readonly logger: Logger },
): Promise<CertificateKeeper | undefined> {
  if (tlsCertFile === undefined || tlsKeyFile === undefined) return undefined;
  const certificate = await openCertificateFiles({ certFile: tlsCertFile, keyFile: tlsKeyFile });
  const meters = registerCertificateMeters(metrics.registry);
  meters.endsAt(certificate.pair().notAfterMs);
  return keepCertificate({
    certificate,
    onLook(look, { notAfterMs }) {
      meters.looked(look.kind);
      meters.endsAt(notAfterMs);
      const endsAt = isoFromMs(notAfterMs);
      if (look.kind === 'loaded') logger.info({ endsAt }, 'the new certificate is served');
      else logger.error({ message: look.message, endsAt }, 'the old certificate is served on');
    },
  });
}
