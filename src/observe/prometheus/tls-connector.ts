import { readFile } from 'node:fs/promises';
import { buildConnector } from 'undici';
import type { PrometheusConfig } from './prometheus-config.ts';

type TlsFiles = Pick<PrometheusConfig, 'caFile' | 'clientCertificate'>;

/**
 * Opens connections with the certificates that the files hold at that moment, so that renewed ones are used from the
 * next connection on. A file that cannot be read fails the connection, with the file's name.
 */
export function tlsConnector(files: TlsFiles, timeoutMs: number): buildConnector.connector {
  return (options, callback) => {
    tlsOptions(files).then(
      (tls) => buildConnector({ timeout: timeoutMs, ...tls })(options, callback),
      (error: Error) => callback(error, null),
    );
  };
}

async function tlsOptions({ caFile, clientCertificate }: TlsFiles): Promise<Record<string, Buffer>> {
  const paths = { ca: caFile, cert: clientCertificate?.certFile, key: clientCertificate?.keyFile };
  const read = Object.entries(paths).flatMap(([option, path]) =>
    path === null || path === undefined ? [] : [pemFrom(option, path)],
  );
  return Object.fromEntries(await Promise.all(read));
}

async function pemFrom(option: string, path: string): Promise<[string, Buffer]> {
  const pem = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot read ${path} (${error.code ?? error.name})`);
  });
  return [option, pem];
}
