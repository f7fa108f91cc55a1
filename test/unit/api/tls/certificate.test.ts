import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../../../../src/api/server.ts';
import { openCertificateFiles, type CertificateLook } from '../../../../src/api/tls/certificate-files.ts';
import { keepCertificate } from '../../../../src/api/tls/keep-certificate.ts';
import { registerCertificateMeters } from '../../../../src/telemetry/certificate-meters.ts';
import {
  HAS_OPENSSL,
  makeCertificates,
  type CertificateFiles,
} from '../../observe/prometheus/test-certificates.ts';

let dir: string;
let first: CertificateFiles;
let second: CertificateFiles;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tls-'));
  if (!HAS_OPENSSL) return;
  first = makeCertificates(dir, 'first');
  second = makeCertificates(dir, 'second');
});
afterAll(() => rmSync(dir, { recursive: true }));

let mounts = 0;

/** A Secret as the kubelet mounts it: files are links through `..data`, which is swapped. */
function mountedSecret() {
  mounts += 1;
  const root = join(dir, `mount-${mounts}`);
  mkdirSync(root);
  let version = 0;
  const put = (fill: (folder: string) => void): void => {
    version += 1;
    const folder = join(root, `..${version}`);
    mkdirSync(folder);
    fill(folder);
    symlinkSync(`..${version}`, join(root, '..new'));
    renameSync(join(root, '..new'), join(root, '..data'));
  };
  const putPair = (cert: string, key: string): void =>
    put((folder) => {
      cpSync(cert, join(folder, 'tls.crt'));
      cpSync(key, join(folder, 'tls.key'));
    });
  putPair(first.cert('server'), first.key('server'));
  for (const name of ['tls.crt', 'tls.key']) symlinkSync(join('..data', name), join(root, name));
  return { certFile: join(root, 'tls.crt'), keyFile: join(root, 'tls.key'), put, putPair };
}

async function served() {
  const secret = mountedSecret();
  const certificate = await openCertificateFiles(secret);
  const looks: CertificateLook[] = [];
  let look: () => void = () => undefined;
  let looked: () => void = () => undefined;
  const keeper = keepCertificate({
    // Seen before it is told.
    certificate: {
      pair: () => certificate.pair(),
      async look() {
        const found = await certificate.look();
        queueMicrotask(() => looked());
        return found;
      },
    },
    onLook: (found) => void looks.push(found),
    every: (_seconds, given) => {
      look = given;
      return () => undefined;
    },
  });
  const server = await startServer(
    (_request, response) => response.end('x'),
    { host: '127.0.0.1', port: 0 },
    {
      certificate: keeper,
    },
  );
  onTestFinished(() => server.close(0));
  const lookNow = (): Promise<void> =>
    new Promise((resolve) => {
      looked = () => setImmediate(resolve);
      look();
    });
  return { secret, url: server.url, looks, lookNow };
}

interface Met {
  readonly issuer: string;
  readonly protocol: string | null;
}

function meet(
  url: string,
  options: { readonly minVersion?: 'TLSv1.2'; readonly maxVersion?: 'TLSv1.1' } = {},
) {
  return new Promise<Met>((resolve, reject) => {
    request(url, { rejectUnauthorized: false, agent: false, ...options }, (response) => {
      const socket = response.socket as TLSSocket;
      const met = { issuer: String(socket.getPeerCertificate().issuer.CN), protocol: socket.getProtocol() };
      response.resume().on('end', () => resolve(met));
    })
      .on('error', reject)
      .end();
  });
}

describe.skipIf(!HAS_OPENSSL)('TLS (needs openssl)', () => {
  test('is served, from version 1.2 on', async () => {
    const { url } = await served();
    expect(url).toMatch(/^https:/);
    expect(await meet(url)).toEqual({ issuer: 'first-ca', protocol: 'TLSv1.3' });
    await expect(meet(url, { maxVersion: 'TLSv1.1' })).rejects.toThrow();
  });

  test('a pair that is swapped in is served from the next look on', async () => {
    const { secret, url, looks, lookNow } = await served();
    await lookNow();
    expect(looks).toEqual([]);
    secret.putPair(second.cert('server'), second.key('server'));
    await lookNow();
    expect(await meet(url)).toMatchObject({ issuer: 'second-ca' });
    expect(looks).toEqual([{ kind: 'loaded' }]);
  });

  test.each<[string, (folder: string) => void, RegExp]>([
    [
      'a key of another certificate',
      (folder) => {
        cpSync(second.cert('server'), join(folder, 'tls.crt'));
        cpSync(first.key('server'), join(folder, 'tls.key'));
      },
      /the key is not that of the certificate/,
    ],
    [
      'a certificate that is none',
      (folder) => {
        writeFileSync(join(folder, 'tls.crt'), 'secret words');
        cpSync(first.key('server'), join(folder, 'tls.key'));
      },
      /holds no certificate/,
    ],
    [
      'an empty certificate',
      (folder) => {
        writeFileSync(join(folder, 'tls.crt'), '');
        cpSync(first.key('server'), join(folder, 'tls.key'));
      },
      /holds no certificate/,
    ],
    [
      'an empty key',
      (folder) => {
        cpSync(second.cert('server'), join(folder, 'tls.crt'));
        writeFileSync(join(folder, 'tls.key'), '');
      },
      /the key is not that of the certificate/,
    ],
    ['no key', (folder) => cpSync(second.cert('server'), join(folder, 'tls.crt')), /tls\.key: ENOENT/],
  ])('%s: the old pair is served on, and it is told once', async (_what, fill, message) => {
    const { secret, url, looks, lookNow } = await served();
    secret.put(fill);
    await lookNow();
    await lookNow();
    expect(looks).toEqual([{ kind: 'refused', message: expect.stringMatching(message) }]);
    expect(JSON.stringify(looks)).not.toMatch(/BEGIN|secret words/);
    expect(await meet(url)).toMatchObject({ issuer: 'first-ca' });
    secret.putPair(second.cert('server'), second.key('server'));
    await lookNow();
    expect(await meet(url)).toMatchObject({ issuer: 'second-ca' });
  });

  test('no good pair from the start is refused, and nothing of it shown', async () => {
    const files = { certFile: first.cert('server'), keyFile: second.key('server') };
    await expect(openCertificateFiles(files)).rejects.toThrow(
      /--tls-cert-file, --tls-key-file: got the key is not/,
    );
    const nowhere = { certFile: '/nowhere/tls.crt', keyFile: second.key('server') };
    await expect(openCertificateFiles(nowhere)).rejects.toThrow('/nowhere/tls.crt: ENOENT');
  });
});

test('what became of a look is counted, and when the certificate ends is told', async () => {
  const registry = new Registry();
  const meters = registerCertificateMeters(registry);
  meters.looked('refused');
  meters.endsAt(1_800_000_000_000);
  const text = await registry.metrics();
  expect(text).toContain('prescale_api_certificate_reloads_total{result="refused"} 1');
  expect(text).toContain('prescale_api_certificate_reloads_total{result="loaded"} 0');
  expect(text).toContain('prescale_api_certificate_expiry_timestamp_seconds 1800000000');
});
