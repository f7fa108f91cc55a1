/** A client of the control plane as the product makes one, and what tests ask it. */
import { setMaxListeners } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient, type ApiCall, type ApiClient } from '../../../src/cluster/api-client.ts';
import { bodyOf } from '../../../src/cluster/api-answer.ts';
import { loadConnection } from '../../../src/cluster/cluster-connection.ts';
import type { KubernetesObject } from '../../../src/cluster/kubernetes-object.ts';
import { createSystemClock } from '../../../src/control/clocks/system-clock.ts';
import type { ControlPlane } from './control-plane.ts';
import type { User } from './credentials.ts';

export const NEVER = new AbortController().signal;
setMaxListeners(0, NEVER);

export interface ClientOptions {
  readonly timeoutSeconds?: number;
  /** Through a relay on this port instead of straight to the server. */
  readonly port?: number;
  /** What the server is called there; 127.0.0.1 unless given. */
  readonly host?: string;
  readonly token?: string;
  /** `admin` unless given. */
  readonly user?: User;
}

export function clientOf(controlPlane: ControlPlane, options: ClientOptions = {}): ApiClient {
  const { timeoutSeconds = 10 } = options;
  return createApiClient({
    connection: loadConnection(kubeconfigFor(controlPlane, options)),
    clock: createSystemClock(),
    random: Math.random,
    timeoutSeconds,
    userAgent: 'prescale-test',
  });
}

let written = 0;

/** A kubeconfig as the options have it. */
export function kubeconfigFor(
  controlPlane: ControlPlane,
  { port, host = '127.0.0.1', token, user }: ClientOptions,
): string {
  const own = controlPlane.kubeconfigFile(user);
  if (port === undefined && token === undefined) return own;
  let text = readFileSync(own, 'utf8');
  if (port !== undefined) text = text.replace(controlPlane.url, `https://${host}:${port}`);
  if (token !== undefined) text = text.replace(/"token":"[^"]*"/, `"token":"${token}"`);
  written += 1;
  const file = join(controlPlane.folder, `client-${written}.kubeconfig`);
  writeFileSync(file, text);
  return file;
}

/** The body of a call that must succeed. */
export async function must<T = KubernetesObject>(client: ApiClient, call: ApiCall): Promise<T> {
  return bodyOf<T>(await client.call(call, NEVER), `${call.method} ${call.path}`);
}

/** Polls until `look` gives a value that is not undefined or false; throws with `what` when it takes too long. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  withinSeconds = 60,
): Promise<NonNullable<T>> {
  const endMs = performance.now() + withinSeconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== null && found !== false) return found;
    if (performance.now() > endMs) throw new Error(`not within ${withinSeconds} s: ${what}`);
    await sleep(100);
  }
}

export function configMap(name: string, data: Readonly<Record<string, string>> = {}): unknown {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';
