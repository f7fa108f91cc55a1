/** A throw-away certificate authority with a server's and a client's certificate, made by openssl. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0;

export interface CertificateFiles {
  readonly ca: string;
  readonly cert: (who: 'server' | 'client') => string;
  readonly key: (who: 'server' | 'client') => string;
}

export function makeCertificates(dir: string, name: string): CertificateFiles {
  const at = (file: string): string => join(dir, `${name}-${file}`);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '2',
    '-subj',
    `/CN=${name}-ca`,
  );
  writeFileSync(at('san.ext'), 'subjectAltName=IP:127.0.0.1\n');
  for (const who of ['server', 'client']) {
    openssl('req', ...newKey, '-keyout', at(`${who}.key`), '-out', at(`${who}.csr`), '-subj', `/CN=${who}`);
    const signed = [
      '-CA',
      at('ca.pem'),
      '-CAkey',
      at('ca.key'),
      '-CAcreateserial',
      '-extfile',
      at('san.ext'),
    ];
    openssl('x509', '-req', '-in', at(`${who}.csr`), ...signed, '-out', at(`${who}.pem`), '-days', '2');
  }
  return { ca: at('ca.pem'), cert: (who) => at(`${who}.pem`), key: (who) => at(`${who}.key`) };
}
