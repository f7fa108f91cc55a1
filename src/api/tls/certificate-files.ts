import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { invalidInput } from '../../domain/errors.ts';

/** A certificate (its chain after it) and its key, both PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
  /** When the certificate ends, in milliseconds since the epoch. */
  readonly notAfterMs: number;
}

export interface ServedCertificate {
  /** The newest good one. */
  pair(): CertificatePair;
  /** Reads the files again. Never rejects: a pair that cannot be served leaves the one before in place. */
  look(): Promise<CertificateLook>;
}

export type CertificateLook =
  | { readonly kind: 'same' }
  | { readonly kind: 'loaded' }
  /** Told once for each bad content of the files. */
  | { readonly kind: 'refused'; readonly message: string };

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

const FORM = 'PEM files of a certificate (with its chain) and of its own private key';

/**
 * The pair that two files hold. What they hold is compared, not their times: a mounted Secret is a symbolic link that is
 * swapped, and a look between the writing of two plain files finds a pair that does not belong together, which the next
 * look finds mended. Rejects with `invalidInput`, which shows nothing of the files, where there is no good pair yet.
 */
export async function openCertificateFiles(files: CertificateFiles): Promise<ServedCertificate> {
  let pair: CertificatePair;
  try {
    pair = await readPair(files);
  } catch (error) {
    const got = (error as Error).message;
    throw invalidInput('the certificate', [{ path: '--tls-cert-file, --tls-key-file', got, allowed: FORM }]);
  }
  let seen = fingerprint(pair);
  return {
    pair: () => pair,
    async look() {
      const read = await readTexts(files).catch((error: unknown) => error as Error);
      const mark = read instanceof Error ? read.message : fingerprint(read);
      if (mark === seen) return { kind: 'same' };
      seen = mark;
      if (read instanceof Error) return { kind: 'refused', message: read.message };
      // The good one again, after a bad one in between.
      if (mark === fingerprint(pair)) return { kind: 'loaded' };
      try {
        pair = checkedPair(read);
        return { kind: 'loaded' };
      } catch (error) {
        return { kind: 'refused', message: (error as Error).message };
      }
    },
  };
}

type PairTexts = Pick<CertificatePair, 'cert' | 'key'>;

async function readPair(files: CertificateFiles): Promise<CertificatePair> {
  return checkedPair(await readTexts(files));
}

async function readTexts({ certFile, keyFile }: CertificateFiles): Promise<PairTexts> {
  // One after the other: of two that are missing, always the same is named.
  const cert = await readText(certFile);
  const key = await readText(keyFile);
  return { cert, key };
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new Error(`${file}: ${(error as NodeJS.ErrnoException).code}`, { cause: error });
  }
}

/** Throws what is wrong with it, in words that hold nothing of it. */
function checkedPair({ cert, key }: PairTexts): CertificatePair {
  const certificate = parsedCertificate(cert);
  if (!isKeyOf(certificate, key)) throw new Error('the key is not that of the certificate');
  // What a server is made with: refuses a damaged chain too.
  createSecureContext({ cert, key });
  return { cert, key, notAfterMs: Date.parse(certificate.validTo) };
}

function isKeyOf(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function parsedCertificate(cert: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch (error) {
    throw new Error('the certificate file holds no certificate', { cause: error });
  }
}

function fingerprint({ cert, key }: PairTexts): string {
  return createHash('sha256').update(cert).update('\0').update(key).digest('hex');
}
