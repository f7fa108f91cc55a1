/** An installation on the control plane, and the controller as its pods would run: their arguments, their token. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { BUILT_CLI } from '../harness/built.ts';
import type { ControlPlane } from '../harness/control-plane.ts';
import { clientOf } from '../harness/client.ts';
import { kubeconfigText } from '../harness/credentials.ts';
import { isOk } from '../harness/health.ts';
import { kubectl } from '../harness/installed.ts';
import { becomesReady, startProcess, type RunningProcess } from '../harness/process.ts';

export interface Deployed {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly args: readonly string[] }[] };
    };
  };
}

export interface RunningPod {
  readonly process: RunningProcess;
  readonly probesUrl: string;
  readonly apiUrl: string;
}

export interface PodStart {
  readonly namespace: string;
  readonly prometheusUrl: string;
  readonly probesPort: number;
  readonly apiPort: number;
  /** 2 unless given. */
  readonly tickSeconds?: number;
  /** What is mounted at /var/lib/prescale/store, where the Deployment has it. */
  readonly storeFolder?: string;
  /** And at /etc/prescale/calendars. */
  readonly calendarsFolder?: string;
}

/** A token as the kubelet mounts it. */
export async function tokenOf(
  controlPlane: ControlPlane,
  namespace: string,
  account = 'prescale',
): Promise<string> {
  return (await kubectl(controlPlane, 'create', 'token', account, '-n', namespace)).trim();
}

/** The cluster with nothing but the rights of the installation's service account. */
export async function clientOfServiceAccount(
  controlPlane: ControlPlane,
  namespace: string,
): Promise<ApiClient> {
  return clientOf(controlPlane, { token: await tokenOf(controlPlane, namespace) });
}

let started = 0;

/** Runs what the Deployment says, with its service account's rights; only paths and ports are this machine's. */
export async function startPod(controlPlane: ControlPlane, start: PodStart): Promise<RunningPod> {
  const { namespace, prometheusUrl, probesPort, apiPort, tickSeconds = 2 } = start;
  started += 1;
  const folder = join(controlPlane.folder, `pod-${started}`);
  await mkdir(folder);
  await writeFile(join(folder, 'sources.yaml'), stringify({ default: { url: prometheusUrl } }));
  const kubeconfig = await accountKubeconfig(controlPlane, folder, { namespace });
  const args = await podArguments(controlPlane, { ...start, folder });
  const ours = [`--kubeconfig=${kubeconfig}`, `--listen=127.0.0.1:${apiPort}`, `--tick=${tickSeconds}s`];
  const process_ = startProcess({
    file: process.execPath,
    args: [BUILT_CLI, ...args, ...ours],
    logFile: join(folder, 'log'),
  });
  const probesUrl = `http://127.0.0.1:${probesPort}`;
  await becomesReady(`prescale in ${namespace}`, process_, () => isOk(`${probesUrl}/readyz`));
  return { process: process_, probesUrl, apiUrl: `http://127.0.0.1:${apiPort}` };
}

/** The cluster as the pod's service account (`prescale` unless given) sees it. */
export async function accountKubeconfig(
  controlPlane: ControlPlane,
  folder: string,
  { namespace, account }: { readonly namespace: string; readonly account?: string },
): Promise<string> {
  const kubeconfig = join(folder, 'kubeconfig');
  const token = await tokenOf(controlPlane, namespace, account);
  const facts = { url: controlPlane.url, caFile: controlPlane.caFile, token, namespace };
  await writeFile(kubeconfig, kubeconfigText(facts), { mode: 0o600 });
  return kubeconfig;
}

export interface PodPlace {
  readonly namespace: string;
  /** Holds `sources.yaml`. */
  readonly folder: string;
  readonly probesPort: number;
  readonly storeFolder?: string | undefined;
  readonly calendarsFolder?: string | undefined;
}

/** What the Deployment starts its container with, with paths and ports of this machine. */
export async function podArguments(controlPlane: ControlPlane, place: PodPlace): Promise<readonly string[]> {
  const { namespace, folder, probesPort, storeFolder = folder, calendarsFolder = folder } = place;
  const text = await kubectl(controlPlane, 'get', 'deployment', 'prescale', '-n', namespace, '-o', 'json');
  return (JSON.parse(text) as Deployed).spec.template.spec.containers[0].args.map((arg) =>
    arg
      .replace('/etc/prescale/config', folder)
      .replace('/etc/prescale/calendars', calendarsFolder)
      .replace('/var/lib/prescale/store', storeFolder)
      .replace('--probes=8081', `--probes=${probesPort}`)
      .replace('$(POD_NAMESPACE)', namespace),
  );
}
