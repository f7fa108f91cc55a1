/** Puts into a control plane what an installation puts into a cluster, from the files of `deploy/`. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { requireProgram } from '../binaries/build-programs.ts';
import { NEVER, until } from './client.ts';
import type { ControlPlane } from './control-plane.ts';

/** kubectl as the administrator; its standard output. */
export async function kubectl(controlPlane: ControlPlane, ...args: string[]): Promise<string> {
  const all = ['--kubeconfig', controlPlane.kubeconfigFile(), '--cache-dir', controlPlane.folder, ...args];
  const { stdout } = await promisify(execFile)(requireProgram('kubectl'), all, {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

/** The custom resource and the roles, bound to users instead of service accounts. */
export async function installFor(
  controlPlane: ControlPlane,
  client: ApiClient,
  users: readonly string[],
): Promise<void> {
  const run = (...args: string[]) => kubectl(controlPlane, ...args);
  await run('create', 'namespace', 'prescale-system');
  await run('apply', '-f', 'deploy/crd/predictiveautoscalers.yaml');
  for (const file of [
    'base/role-recommend',
    'base/role-lead',
    'components/scale/role',
    'components/scale/role-apps',
    'components/floor/role',
    'components/shards/role',
    'components/api/role-review',
    'components/api/role-ask',
    'components/api/role-reach',
  ])
    await run('apply', '-n', 'prescale-system', '-f', `deploy/${file}.yaml`);
  for (const user of users) {
    for (const role of ['prescale-recommend', 'prescale-scale', 'prescale-floor', 'prescale-review'])
      await run('create', 'clusterrolebinding', `${user}-${role}`, `--clusterrole=${role}`, `--user=${user}`);
    for (const role of ['prescale-lead', 'prescale-shards'])
      await run(
        ...['create', 'rolebinding', `${user}-${role}`, '-n', 'prescale-system'],
        ...[`--role=${role}`, `--user=${user}`],
      );
  }
  await until('the kind is served', async () => {
    const answer = await client.call({ method: 'GET', path: autoscalersPath('shop') }, NEVER);
    return answer.kind === 'ok';
  });
}
