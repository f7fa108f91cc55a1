/** What the kubelet puts into a pod at /var/run/secrets/kubernetes.io/serviceaccount, and a process that sees it there. */
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlPlane } from '../harness/control-plane.ts';
import { startProcess, type RunningProcess } from '../harness/process.ts';

const FILES = ['token', 'ca.crt', 'namespace'] as const;

export interface ServiceAccountFiles {
  readonly folder: string;
  /** As the kubelet does it: a new folder, and one link that is moved over the old one. */
  rotate(token: string): Promise<void>;
}

export async function makeServiceAccountFiles(
  controlPlane: ControlPlane,
  namespace: string,
  token: string,
): Promise<ServiceAccountFiles> {
  const folder = join(controlPlane.folder, 'serviceaccount');
  const ca = await readFile(controlPlane.caFile, 'utf8');
  let version = 0;
  const rotate = async (newest: string): Promise<void> => {
    version += 1;
    const data = `..${version}`;
    await mkdir(join(folder, data), { recursive: true });
    const texts = [newest, ca, namespace];
    for (const [index, name] of FILES.entries()) await writeFile(join(folder, data, name), texts[index]);
    await symlink(data, join(folder, '..data_tmp'));
    await rename(join(folder, '..data_tmp'), join(folder, '..data'));
  };
  await rotate(token);
  for (const name of FILES) await symlink(join('..data', name), join(folder, name));
  return { folder, rotate };
}

/** A mount namespace in which /var/run holds those files and nothing else. */
const ENTER = `
set -eu
run=$(readlink -f /var/run)
files=$1
shift
mount -t tmpfs tmpfs "$run"
mkdir -p "$run/secrets/kubernetes.io/serviceaccount"
mount --bind "$files" "$run/secrets/kubernetes.io/serviceaccount"
exec "$@"
`;

/** Node as in a pod of the cluster: no kubeconfig, the two variables, the files. Needs root. */
export function startNodeInPod(
  controlPlane: ControlPlane,
  files: ServiceAccountFiles,
  args: readonly string[],
): RunningProcess {
  const { hostname, port } = new URL(controlPlane.url);
  const within = ['sh', '-c', ENTER, 'enter', files.folder, process.execPath, ...args];
  return startProcess({
    file: 'unshare',
    args: ['--mount', '--propagation', 'private', ...within],
    logFile: join(controlPlane.folder, 'pod.log'),
    environment: {
      KUBERNETES_SERVICE_HOST: hostname,
      KUBERNETES_SERVICE_PORT: port,
      KUBECONFIG: '',
      HOME: '/nonexistent',
    },
  });
}
