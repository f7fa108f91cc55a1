/** The controller as a process of its own, as a user starts it. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BUILT_CLI } from './built.ts';
import { kubeconfigFor } from './client.ts';
import { isOk } from './health.ts';
import type { ControlPlane } from './control-plane.ts';
import type { User } from './credentials.ts';
import { freePorts } from './free-port.ts';
import { becomesReady, startProcess, type ProgramStart, type RunningProcess } from './process.ts';

export interface RunningController {
  readonly user: User;
  readonly process: RunningProcess;
  readonly apiUrl: string;
  readonly probesUrl: string;
}

export interface ControllerStart {
  readonly user: User;
  /** Of the source `default`, or of each source by its name. */
  readonly prometheusUrl: string | Readonly<Record<string, string>>;
  readonly tickSeconds: number;
  /** Where the API answers; loopback unless given. */
  readonly host?: string;
  readonly flags?: Readonly<Record<string, string>>;
  /** Reaches the API server through a relay on this port. */
  readonly relayPort?: number;
  /** SIGUSR2 sets its wall clock back by as much, SIGWINCH puts it forward; the same again sets it right. */
  readonly clockJumpSeconds?: number;
  /** The machine that it runs on, where that is to break. */
  readonly machine?: Machine;
}

export interface Machine {
  /** What the API server is called there. */
  readonly apiHost: string;
  /** For node: what is loaded before the controller. */
  readonly nodeFlags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** A program and its arguments that run node and what follows in its place. */
  readonly runner: readonly string[];
}

const SHIFTED_CLOCK = join(import.meta.dirname, 'shifted-clock.js');

let started = 0;

/** Resolves when it is ready. */
export async function startController(
  controlPlane: ControlPlane,
  { user, tickSeconds, host = '127.0.0.1', flags: more = {}, ...start }: ControllerStart,
): Promise<RunningController> {
  const { prometheusUrl, relayPort, clockJumpSeconds, machine } = start;
  const [api, probes] = await freePorts(2);
  const flags = {
    kubeconfig: kubeconfigFor(controlPlane, {
      user,
      ...(relayPort !== undefined && { port: relayPort }),
      ...(machine && { host: machine.apiHost }),
    }),
    lease: 'prescale-system/prescale',
    'prometheus-config': await sourcesFile(controlPlane, prometheusUrl),
    tick: `${tickSeconds}s`,
    listen: `${host}:${api}`,
    probes: String(probes),
    ...more,
  };
  const program = ['run', ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])];
  const process_ = startProcess({
    ...onMachine(machine, clockJumpSeconds, program),
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

const SOUND: Machine = { apiHost: '127.0.0.1', nodeFlags: [], environment: {}, runner: [] };

function onMachine(
  { runner, nodeFlags, environment }: Machine = SOUND,
  clockJumpSeconds: number | undefined,
  program: readonly string[],
): Omit<ProgramStart, 'logFile'> {
  const isShifted = clockJumpSeconds !== undefined;
  const shifted = isShifted ? ['--import', SHIFTED_CLOCK] : [];
  const [file, ...args] = [...runner, process.execPath, ...nodeFlags, ...shifted, BUILT_CLI, ...program];
  const jump = isShifted ? { PRESCALE_CLOCK_JUMP_SECONDS: String(clockJumpSeconds) } : {};
  return { file, args, environment: { ...jump, ...environment } };
}

async function sourcesFile(
  { folder }: ControlPlane,
  urls: string | Readonly<Record<string, string>>,
): Promise<string> {
  started += 1;
  const file = join(folder, `sources-${started}.json`);
  const named = typeof urls === 'string' ? { default: urls } : urls;
  const sources = Object.entries(named).map(([name, url]) => [name, { url }] as const);
  // JSON is YAML.
  await writeFile(file, JSON.stringify(Object.fromEntries(sources)));
  return file;
}

/** The value of a metric without labels. */
export async function metricOf({ probesUrl }: RunningController, name: string): Promise<number> {
  const text = await (await fetch(`${probesUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
