/** The controller with what a pod has to know the cluster by: two variables, and files that the kubelet changes. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { autoscalersPath } from '../../../src/cluster/autoscaler-status.ts';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import type { RealPrometheus } from '../../integration/prometheus/real-prometheus.ts';
import { leaseRenewals } from '../harness/audit-log.ts';
import { BUILT_CLI } from '../harness/built.ts';
import { clientOf, must, NEVER, until } from '../harness/client.ts';
import { startControlPlane, type ControlPlane } from '../harness/control-plane.ts';
import { freePorts } from '../harness/free-port.ts';
import { isOk } from '../harness/health.ts';
import { kubectl } from '../harness/installed.ts';
import { becomesReady, type RunningProcess } from '../harness/process.ts';
import { startSteadyPrometheus, steadyPolicy } from '../harness/steady-shop.ts';
import { makeNamespace, podOwnerSpec, replicasAskedFor } from '../harness/workloads.ts';
import { podArguments } from './installation.ts';
import {
  makeServiceAccountFiles,
  startNodeInPod,
  type ServiceAccountFiles,
} from './service-account-files.ts';
import { chartFolder } from './rendered.ts';

const SYSTEM = 'prescale-system';
/** The token's file is read again after a minute, as client-go does. */
const REREAD_SECONDS = 60;

/** Mount namespaces are the kernel's, and root's. */
const canMount = await promisify(execFile)('unshare', ['--mount', 'true']).then(
  () => true,
  () => false,
);

let controlPlane: ControlPlane;
let admin: ApiClient;
let prometheus: RealPrometheus;
let files: ServiceAccountFiles;
let controller: RunningProcess;
let pods: readonly { readonly name: string; readonly uid: string }[];
let token: string;

const run = (...args: string[]) => kubectl(controlPlane, ...args);

/** A token as the kubelet asks for it: it ends with the pod, whatever its time. */
async function tokenOfPod({ name, uid }: { readonly name: string; readonly uid: string }): Promise<string> {
  const bound = ['--bound-object-kind=Pod', `--bound-object-name=${name}`, `--bound-object-uid=${uid}`];
  return (await run('create', 'token', 'prescale', '-n', SYSTEM, ...bound)).trim();
}

function identityOf(jwt: string): string {
  const { jti } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString()) as { jti: string };
  return `JTI=${jti}`;
}

/** Of the controller's Lease: the API server renews one of its own. */
function renewals(): ReturnType<typeof leaseRenewals> {
  return leaseRenewals(controlPlane).filter(({ lease }) => lease === `${SYSTEM}/prescale`);
}

describe.skipIf(!canMount)('in a pod (needs root, for a mount namespace)', () => {
  beforeAll(async () => {
    [controlPlane, prometheus] = await Promise.all([
      startControlPlane({ components: ['kube-controller-manager'] }),
      startSteadyPrometheus(),
    ]);
    admin = clientOf(controlPlane);
    await makeNamespace(admin, 'shop');
    await run('apply', '--server-side', '-k', join(chartFolder, 'overlays', 'scale'));
    await run('wait', '--for=condition=Established', 'crd/predictiveautoscalers.prescale.dev');
    pods = await until('two pods', async () => {
      const list = await must<{ items: { metadata: { name: string; uid: string } }[] }>(admin, {
        method: 'GET',
        path: `/api/v1/namespaces/${SYSTEM}/pods`,
      });
      return list.items.length === 2 ? list.items.map(({ metadata }) => metadata) : undefined;
    });
    token = await tokenOfPod(pods[0]);
    files = await makeServiceAccountFiles(controlPlane, SYSTEM, token);
    const sources = JSON.stringify({ default: { url: prometheus.url } });
    await writeFile(join(controlPlane.folder, 'sources.yaml'), sources);
    const [probesPort, apiPort] = await freePorts(2);
    const place = { namespace: SYSTEM, folder: controlPlane.folder, probesPort };
    const args = [BUILT_CLI, ...(await podArguments(controlPlane, place))];
    controller = startNodeInPod(controlPlane, files, [...args, '--tick=2s', `--listen=127.0.0.1:${apiPort}`]);
    await becomesReady('prescale in a pod', controller, () => isOk(`http://127.0.0.1:${probesPort}/readyz`));
    const body = { metadata: { name: 'web' }, spec: podOwnerSpec('web', 6) };
    await must(admin, { method: 'POST', path: '/apis/apps/v1/namespaces/shop/deployments', body });
    await must(admin, { method: 'POST', path: autoscalersPath('shop'), body: steadyPolicy('web', 'Scale') });
  });
  afterAll(async () => {
    await controller?.kill();
    await admin?.close();
    await prometheus?.remove();
    await controlPlane?.stop();
  });

  test('it finds the cluster, its own namespace for the Lease, and scales as its service account', async () => {
    await until('it scales', async () => (await replicasAskedFor(admin, 'web')) > 6);
    expect(renewals().at(-1)).toMatchObject({
      user: `system:serviceaccount:${SYSTEM}:prescale`,
      credential: identityOf(token),
    });
  });

  test('a token that the kubelet has renewed is taken before the old one ends, and nothing is missed', async () => {
    const next = await tokenOfPod(pods[1]);
    await files.rotate(next);
    await until(
      'the new token is used',
      () => renewals().at(-1)?.credential === identityOf(next),
      REREAD_SECONDS + 10,
    );
    await run('delete', 'pod', pods[0].name, '-n', SYSTEM, '--wait=true');
    const old = clientOf(controlPlane, { token });
    await until('the old token is refused', async () => {
      const answer = await old.call({ method: 'GET', path: '/api' }, NEVER);
      return answer.kind === 'refused' && answer.status === 401;
    });
    await old.close();
    const renewed = renewals().length;
    await until('it leads on', () => renewals().length > renewed + 2);
    expect(controller.logTail()).not.toMatch(/Unauthorized|forbidden/i);
    expect(await controller.end()).toBe(0);
  });
});
