/** People of a cluster who ask the API: service accounts, each with the rights of one namespace. */
import { kubectl } from './installed.ts';
import type { ControlPlane } from './control-plane.ts';

/** A service account that may get the autoscalers of `namespace`, where it lives, and ask the API; its token. */
export async function makeTenant(
  controlPlane: ControlPlane,
  namespace: string,
  name: string,
): Promise<string> {
  const run = (...args: string[]) => kubectl(controlPlane, ...args);
  const account = `${namespace}:${name}`;
  await run('create', 'serviceaccount', name, '-n', namespace);
  await run(
    'create',
    'role',
    `${name}-sees`,
    '-n',
    namespace,
    '--verb=get',
    '--resource=predictiveautoscalers.prescale.dev',
  );
  await run(
    'create',
    'rolebinding',
    `${name}-sees`,
    '-n',
    namespace,
    `--role=${name}-sees`,
    `--serviceaccount=${account}`,
  );
  await run(
    ...['create', 'clusterrolebinding', `${namespace}-${name}-asks`],
    ...['--clusterrole=prescale-ask', `--serviceaccount=${account}`],
  );
  return tokenOfAccount(controlPlane, namespace, name);
}

export async function tokenOfAccount(
  controlPlane: ControlPlane,
  namespace: string,
  name: string,
): Promise<string> {
  return (await kubectl(controlPlane, 'create', 'token', name, '-n', namespace)).trim();
}
