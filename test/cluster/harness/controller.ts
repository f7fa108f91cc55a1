/** The controller as a process of its own, as a user starts it. */
import { join } from 'node:path';
import { isOk } from './health.ts';
import type { ControlPlane } from './control-plane.ts';
import type { User } from './credentials.ts';
import { freePorts } from './free-port.ts';
import { becomesReady, startProcess, type RunningProcess } from './process.ts';

export interface RunningController {
  readonly user: User;
  readonly process: RunningProcess;
  readonly apiUrl: string;
  readonly probesUrl: string;
}

export interface ControllerStart {
  readonly user: User;
  readonly prometheusUrl: string;
  readonly tickSeconds: number;
  /** Where the API answers; loopback unless given. */
  readonly host?: string;
  readonly flags?: Readonly<Record<string, string>>;
}

const CLI = join(import.meta.dirname, '..', '..', '..', 'src', 'cli.ts');

/** Resolves when it is ready. */
export async function startController(
  controlPlane: ControlPlane,
  { user, prometheusUrl, tickSeconds, host = '127.0.0.1', flags: more = {} }: ControllerStart,
): Promise<RunningController> {
  const [api, probes] = await freePorts(2);
  const flags = {
    kubeconfig: controlPlane.kubeconfigFile(user),
    lease: 'prescale-system/prescale',
    prometheus: prometheusUrl,
    tick: `${tickSeconds}s`,
    listen: `${host}:${api}`,
    probes: String(probes),
    ...more,
  };
  const process_ = startProcess({
    file: process.execPath,
    args: [
      '--import',
      'tsx',
      CLI,
      'run',
      ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ],
    logFile: join(controlPlane.folder, `${user}.log`),
  });
  const probesUrl = `http://127.0.0.1:${probes}`;
  await becomesReady(`prescale as ${user}`, process_, () => isOk(`${probesUrl}/readyz`));
  return {
    user,
    process: process_,
    apiUrl: `${more['tls-cert-file'] === undefined ? 'http' : 'https'}://127.0.0.1:${api}`,
    probesUrl,
  };
}

/** The value of a metric without labels. */
export async function metricOf({ probesUrl }: RunningController, name: string): Promise<number> {
  const text = await (await fetch(`${probesUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
