import { readFile } from 'node:fs/promises';
import type { PrometheusConfig } from './prometheus-config.ts';

/**
 * The headers of a request as they are now: secrets are read from their files each time, since tokens are rotated
 * under a running controller. Throws with the file's name, never with its content.
 */
export async function requestHeaders({
  auth,
  headers,
}: Pick<PrometheusConfig, 'auth' | 'headers'>): Promise<Record<string, string>> {
  const own: [string, string][] = await Promise.all(
    Object.entries(headers).map(async ([name, header]) => [
      name,
      'file' in header ? await secretFrom(header.file) : header.value,
    ]),
  );
  return { ...Object.fromEntries(own), ...(await authorization(auth)) };
}

async function authorization(auth: PrometheusConfig['auth']): Promise<Record<string, string>> {
  switch (auth.kind) {
    case 'none':
      return {};
    case 'bearer':
      return { authorization: `Bearer ${await secretFrom(auth.tokenFile)}` };
    case 'basic': {
      const pair = `${auth.username}:${await secretFrom(auth.passwordFile)}`;
      return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    }
  }
}

async function secretFrom(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`cannot read ${path} (${error.code ?? error.name})`);
  });
  const secret = text.trim();
  if (secret === '' || /[\r\n]/.test(secret)) throw new Error(`${path} does not hold one line`);
  return secret;
}
