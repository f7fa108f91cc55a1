import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { HAS_OPENSSL, makeCertificates } from '../../observe/prometheus/test-certificates.ts';
import { runCaptured } from './captured-run.ts';

const dir = mkdtempSync(join(tmpdir(), 'run-tls-'));
afterAll(() => rmSync(dir, { recursive: true }));

const PLAY = [
  ...['--policy', 'deploy/demo/checkout.yaml', '--recording', 'deploy/demo/web-shop.csv.gz'],
  ...['--from=-1m', '--speed', 'max', '--quiet', '--dry-run'],
];

async function prescale(...args: string[]) {
  const output = { stdout: '', stderr: '' };
  return { exitCode: await runCaptured([...PLAY, ...args], output), ...output };
}

test.each(['--tls-cert-file', '--tls-key-file'])('%s alone: exit 2', async (flag) => {
  const { exitCode, stderr } = await prescale(flag, '/nowhere');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('--tls-cert-file, --tls-key-file: got one of them, allowed: both or neither');
});

test('files that are not there: exit 2', async () => {
  const { exitCode, stderr } = await prescale(
    '--tls-cert-file',
    '/nowhere/a',
    '--tls-key-file',
    '/nowhere/b',
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain('got /nowhere/a: ENOENT');
});

describe.skipIf(!HAS_OPENSSL)('with a certificate (needs openssl)', () => {
  test('the API is at https', async () => {
    const made = makeCertificates(dir, 'api');
    const files = ['--tls-cert-file', made.cert('server'), '--tls-key-file', made.key('server')];
    const { exitCode, stdout } = await prescale(...files);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/https:\/\/127\.0\.0\.1:\d+/);
  });
});
