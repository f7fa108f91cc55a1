/** Helm, built from the Go module proxy for the tests of the chart, once for all clones on a machine. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withBuildLock } from './build-lock.ts';
import { kubernetesVersion } from './release.ts';

const HELM_VERSION = 'v3.22.0';

function helmFolder(): string {
  const root = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  return join(root, 'prescale', 'helm', HELM_VERSION);
}

const helmFile = (): string => join(helmFolder(), 'helm');

/** Where Helm is; throws what to do where it is not there. */
export function requireHelm(): string {
  if (!existsSync(helmFile())) throw new Error('helm is not built yet: npm run test:cluster');
  return helmFile();
}

/** Does nothing where it is there. */
export async function ensureHelm(say: (line: string) => void): Promise<void> {
  if (existsSync(helmFile())) return;
  const waiting = (pid: number) => say(`another build runs (process ${pid}): waiting for it`);
  await mkdir(helmFolder(), { recursive: true });
  await withBuildLock(`${helmFolder()}.lock`, waiting, async () => {
    if (existsSync(helmFile())) return;
    say(`building Helm ${HELM_VERSION}; this takes some minutes`);
    const args = [
      'install',
      '-trimpath',
      '-ldflags',
      linkerFlags(),
      `helm.sh/helm/v3/cmd/helm@${HELM_VERSION}`,
    ];
    const env = { ...process.env, GOBIN: helmFolder(), CGO_ENABLED: '0' };
    await promisify(execFile)('go', args, { env, cwd: helmFolder(), maxBuffer: 64 * 1024 * 1024 });
  });
}

/** Helm takes from the linker which Kubernetes it renders for where it asks no cluster. */
function linkerFlags(): string {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(kubernetesVersion()) ?? [];
  const versions = ['pkg/lint/rules', 'pkg/chartutil'].flatMap((folder) => [
    `-X helm.sh/helm/v3/${folder}.k8sVersionMajor=${major}`,
    `-X helm.sh/helm/v3/${folder}.k8sVersionMinor=${minor}`,
  ]);
  return ['-s', '-w', `-X helm.sh/helm/v3/internal/version.version=${HELM_VERSION}`, ...versions].join(' ');
}
