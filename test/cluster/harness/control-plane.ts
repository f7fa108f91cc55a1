/** A real Kubernetes control plane on loopback: started, broken, mended and always cleaned up. */
import { existsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { requireProgram } from '../binaries/build-programs.ts';
import type { Program } from '../binaries/release.ts';
import { makeCredentials, kubeconfigText, USER_NAMES, type Credentials, type User } from './credentials.ts';
import { freePorts } from './free-port.ts';
import { healthy } from './health.ts';
import { kwokConfig } from './kwok-config.ts';
import { becomesReady, startProcess, type RunningProcess } from './process.ts';
import { makeRunFolder } from './run-folder.ts';

/** What may run beside etcd and kube-apiserver, which always do. */
export type Component = 'kube-controller-manager' | 'kube-scheduler' | 'kwok';

export interface ControlPlaneOptions {
  readonly components?: readonly Component[];
  /** How long KWOK's pods take to become ready; 0 unless given. */
  readonly startupSeconds?: number;
  /** For kube-controller-manager, beside its own; the last of the same name holds. */
  readonly managerFlags?: readonly string[];
}

export interface ControlPlane {
  readonly url: string;
  /** Holds certificates, kubeconfigs, `audit.log` and a log of each program. */
  readonly folder: string;
  readonly caFile: string;
  kubeconfigFile(user?: User): string;
  /** The running program, to be suspended, resumed or killed. */
  process(program: Program): RunningProcess;
  /** Starts a program that was killed again, on the same port and data, and waits until it is ready. */
  restart(program: Program): Promise<void>;
  /** Ends everything and removes the folder. */
  stop(): Promise<void>;
}

interface Site {
  readonly folder: string;
  readonly ports: readonly number[];
  readonly credentials: Credentials;
  readonly managerFlags: readonly string[];
}

export async function startControlPlane({
  components = [],
  startupSeconds = 0,
  managerFlags = [],
}: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const folder = await makeRunFolder();
  const credentials = makeCredentials(folder);
  const site: Site = { folder, ports: await freePorts(6), credentials, managerFlags };
  const running = new Map<Program, RunningProcess>();
  const start = async (program: Program): Promise<void> => {
    const logFile = join(folder, `${program}.log`);
    const started = startProcess({ file: requireProgram(program), args: ARGS[program](site), logFile });
    running.set(program, started);
    await becomesReady(program, started, () => READY[program](site));
  };
  const stop = async (): Promise<void> => {
    await Promise.all([...running.values()].map((one) => one.kill()));
    await rm(folder, { recursive: true, force: true });
  };
  writeFileSync(join(folder, 'audit-policy.json'), AUDIT_POLICY);
  writeFileSync(join(folder, 'kwok.yaml'), kwokConfig(startupSeconds));
  for (const user of USER_NAMES)
    writeFileSync(kubeconfigFile(site, user), kubeconfigOf(site, user), { mode: 0o600 });
  try {
    await start('etcd');
    await start('kube-apiserver');
    await Promise.all(components.map(start));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: apiUrl(site),
    folder,
    caFile: caFile(site),
    kubeconfigFile: (user = 'admin') => kubeconfigFile(site, user),
    process: (program) => running.get(program)!,
    restart: start,
    stop,
  };
}

const [ETCD, ETCD_PEER, API, MANAGER, SCHEDULER, KWOK] = [0, 1, 2, 3, 4, 5];
const loopback = (site: Site, port: number): string => `127.0.0.1:${site.ports[port]}`;
const apiUrl = (site: Site): string => `https://${loopback(site, API)}`;
/** The server signs its own certificate at its first start; the file holds the authority's certificate too. */
const caFile = ({ folder }: Site): string => join(folder, 'apiserver.crt');
const kubeconfigFile = ({ folder }: Site, user: User): string =>
  join(folder, `${user.replace('system:', '')}.kubeconfig`);
const kubeconfigOf = (site: Site, user: User): string =>
  kubeconfigText({ url: apiUrl(site), caFile: caFile(site), token: site.credentials.tokenOf(user) });

/** Who wrote which scale and which Lease, when, and nothing else: a fleet's pods alone would be more than a file holds. */
const AUDIT_POLICY = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'None', verbs: ['get', 'list', 'watch'] },
    {
      level: 'Request',
      resources: [{ group: 'apps', resources: ['*/scale'] }, { group: 'coordination.k8s.io' }],
    },
    { level: 'None' },
  ],
});
/** A file that is begun anew would forget the writes before. */
const AUDIT_LOG_MEGABYTES = 2000;

const controllerArgs = (site: Site, user: User, port: number): string[] => [
  `--kubeconfig=${kubeconfigFile(site, user)}`,
  `--authentication-kubeconfig=${kubeconfigFile(site, user)}`,
  `--authorization-kubeconfig=${kubeconfigFile(site, user)}`,
  '--bind-address=127.0.0.1',
  `--secure-port=${site.ports[port]}`,
  `--cert-dir=${site.folder}`,
  '--leader-elect=false',
];

const ARGS: Readonly<Record<Program, (site: Site) => string[]>> = {
  etcd: (site) => [
    `--data-dir=${join(site.folder, 'etcd')}`,
    `--listen-client-urls=http://${loopback(site, ETCD)}`,
    `--advertise-client-urls=http://${loopback(site, ETCD)}`,
    `--listen-peer-urls=http://${loopback(site, ETCD_PEER)}`,
    `--initial-advertise-peer-urls=http://${loopback(site, ETCD_PEER)}`,
    `--initial-cluster=default=http://${loopback(site, ETCD_PEER)}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ],
  'kube-apiserver': (site) => [
    `--etcd-servers=http://${loopback(site, ETCD)}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--secure-port=${site.ports[API]}`,
    `--cert-dir=${site.folder}`,
    `--token-auth-file=${site.credentials.tokensFile}`,
    '--authorization-mode=RBAC',
    `--service-account-key-file=${site.credentials.serviceAccountKeyFile}`,
    `--service-account-signing-key-file=${site.credentials.serviceAccountKeyFile}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    '--service-cluster-ip-range=10.0.0.0/24',
    `--audit-log-path=${join(site.folder, 'audit.log')}`,
    `--audit-log-maxsize=${AUDIT_LOG_MEGABYTES}`,
    `--audit-policy-file=${join(site.folder, 'audit-policy.json')}`,
    '--profiling=false',
  ],
  'kube-controller-manager': (site) => [
    ...controllerArgs(site, 'system:kube-controller-manager', MANAGER),
    `--service-account-private-key-file=${site.credentials.serviceAccountKeyFile}`,
    `--root-ca-file=${caFile(site)}`,
    '--use-service-account-credentials=true',
    '--horizontal-pod-autoscaler-sync-period=2s',
    // After faults of the API server kwok may not speak for its node for a minute: all pods would count as not ready.
    '--node-monitor-grace-period=1h',
    ...site.managerFlags,
  ],
  'kube-scheduler': (site) => controllerArgs(site, 'system:kube-scheduler', SCHEDULER),
  kubectl: () => [],
  kwok: (site) => [
    `--kubeconfig=${kubeconfigFile(site, 'kwok')}`,
    '--manage-all-nodes=true',
    // A node that nobody speaks for is taken for lost after 50 s, and its pods with it.
    '--node-lease-duration-seconds=40',
    `--config=${join(site.folder, 'kwok.yaml')}`,
    `--server-address=${loopback(site, KWOK)}`,
  ],
};

const READY: Readonly<Record<Program, (site: Site) => Promise<boolean>>> = {
  etcd: (site) => healthy(`http://${loopback(site, ETCD)}/health`),
  'kube-apiserver': async (site) =>
    existsSync(caFile(site)) && (await healthy(`${apiUrl(site)}/readyz`, site.credentials.tokenOf('admin'))),
  'kube-controller-manager': (site) => healthy(`https://${loopback(site, MANAGER)}/healthz`),
  'kube-scheduler': (site) => healthy(`https://${loopback(site, SCHEDULER)}/healthz`),
  kubectl: () => Promise.resolve(true),
  kwok: (site) => healthy(`http://${loopback(site, KWOK)}/healthz`),
};
