/** The pods of a Job on a control plane without a kubelet: what each would run is run here, and what came of it is told. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ApiClient } from '../../../src/cluster/api-client.ts';
import { BUILT_CLI } from '../harness/built.ts';
import { must } from '../harness/client.ts';
import type { ControlPlane } from '../harness/control-plane.ts';
import { startProcess, type RunningProcess } from '../harness/process.ts';
import { accountKubeconfig } from './installation.ts';

/** Where the image has /app/models. */
const MODELS = join(import.meta.dirname, '..', '..', '..', 'models');

interface EnvironmentVariable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly fieldRef: { readonly fieldPath: string } };
}

interface Container {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: readonly EnvironmentVariable[];
}

export interface JobPod {
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: { readonly serviceAccountName: string; readonly containers: readonly Container[] };
  readonly status: { readonly phase: string };
}

export const indexOf = ({ metadata }: JobPod): number =>
  Number(metadata.annotations['batch.kubernetes.io/job-completion-index']);

/** Those that a kubelet would start, lowest index first. */
export async function pendingPods(
  admin: ApiClient,
  namespace: string,
  job: string,
): Promise<readonly JobPod[]> {
  const { items } = await must<{ items: readonly JobPod[] }>(admin, {
    method: 'GET',
    path: `/api/v1/namespaces/${namespace}/pods`,
    query: { labelSelector: `batch.kubernetes.io/job-name=${job}` },
  });
  return items.filter(({ status }) => status.phase === 'Pending').toSorted((a, b) => indexOf(a) - indexOf(b));
}

export interface JobPlace {
  readonly namespace: string;
  readonly prometheusUrl: string;
  readonly storeFolder: string;
}

export interface StartedPod {
  readonly process: RunningProcess;
  readonly logFile: string;
}

/** The container's arguments, with the pod's own variables and its service account's token; paths are this machine's. */
export async function startJobPod(
  controlPlane: ControlPlane,
  pod: JobPod,
  { namespace, prometheusUrl, storeFolder }: JobPlace,
): Promise<StartedPod> {
  const folder = join(controlPlane.folder, pod.metadata.name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'sources.yaml'), stringify({ default: { url: prometheusUrl } }));
  const account = pod.spec.serviceAccountName;
  const kubeconfig = await accountKubeconfig(controlPlane, folder, { namespace, account });
  const args = argumentsOf(pod).map((arg) =>
    arg
      .replace('/etc/prescale/config', folder)
      .replace('/var/lib/prescale/store', storeFolder)
      .replace('/app/models', MODELS),
  );
  const logFile = join(folder, 'log');
  const ours = [`--kubeconfig=${kubeconfig}`, '--json'];
  return {
    process: startProcess({ file: process.execPath, args: [BUILT_CLI, ...args, ...ours], logFile }),
    logFile,
  };
}

/** `$(NAME)` is the value of the container's variable, as the kubelet has it. */
function argumentsOf(pod: JobPod): readonly string[] {
  const [{ args, env }] = pod.spec.containers;
  const values = new Map(env.map((one) => [one.name, valueOf(pod, one)]));
  return args.map((arg) => arg.replace(/\$\((\w+)\)/g, (whole, name: string) => values.get(name) ?? whole));
}

function valueOf({ metadata }: JobPod, { value, valueFrom }: EnvironmentVariable): string | undefined {
  const path = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(valueFrom?.fieldRef.fieldPath ?? '');
  return path === null ? value : metadata[path[1] as 'labels' | 'annotations'][path[2]];
}

/** As the kubelet tells it. */
export async function tellEnded(
  admin: ApiClient,
  namespace: string,
  { metadata: { name }, spec }: JobPod,
  exitCode: number,
): Promise<void> {
  const [container] = spec.containers;
  const terminated = { exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' };
  const status = {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    containerStatuses: [
      {
        ...{ name: container.name, image: 'prescale', imageID: 'prescale', ready: false, restartCount: 0 },
        state: { terminated },
      },
    ],
  };
  await must(admin, {
    method: 'PATCH',
    path: `/api/v1/namespaces/${namespace}/pods/${name}/status`,
    contentType: 'mergePatch',
    body: { status },
  });
}
