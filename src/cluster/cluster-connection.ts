import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { Agent, buildConnector } from 'undici';
import { PrescaleError } from '../domain/errors.ts';
import { MS_PER_SECOND } from '../domain/clock.ts';

/**
 * Who the API server is and who we are to it, from kubeconfig or from inside a pod. @kubernetes/client-node reads all
 * forms of both (certificates, tokens that rotate, exec plugins); its HTTP is not used: it opens a TLS connection for
 * each request, never times out, and does not retry.
 */
export interface ClusterConnection {
  readonly serverUrl: string;
  /** Where the pod or the context lives; `default` where neither says. */
  readonly namespace: string;
  /** Headers and connections for one request, with the credentials as they are now. */
  prepare(): Promise<{ readonly headers: Readonly<Record<string, string>>; readonly dispatcher: Agent }>;
  close(): Promise<void>;
}

/** Watches take one each for as long as they last, targets and what is told of them up to 32: the rest is for Leases. */
const CONNECTIONS = 48;
const KEEP_ALIVE_MS = 60_000;
const CONNECT_TIMEOUT_SECONDS = 10;

/**
 * @param kubeconfigFile undefined: KUBECONFIG, ~/.kube/config, or the pod's own service account, in this order
 * @param context of kubeconfig; undefined: its current one
 */
export function loadConnection(kubeconfigFile?: string, context?: string): ClusterConnection {
  const config = new KubeConfig();
  try {
    if (kubeconfigFile === undefined) config.loadFromDefault();
    else config.loadFromFile(kubeconfigFile);
  } catch (error) {
    throw new PrescaleError('usage', `kubeconfig cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
  if (context !== undefined) {
    if (config.getContextObject(context) === null)
      throw new PrescaleError('usage', `--context: got "${context}", allowed: a context of kubeconfig`);
    config.setCurrentContext(context);
  }
  return connectionOf(config);
}

function connectionOf(config: KubeConfig): ClusterConnection {
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new PrescaleError('usage', 'kubeconfig names no cluster: current-context is not set');
  if (cluster.proxyUrl !== undefined)
    throw new PrescaleError('usage', `clusters[].cluster.proxy-url: got ${cluster.proxyUrl}, allowed: none`);
  let current: { readonly key: string; readonly agent: Agent } | undefined;

  // Certificates are renewed while we run: a new one gets new connections, and the old ones end with their requests.
  const agentFor = (tls: TlsMaterial): Agent => {
    const key = JSON.stringify(tls);
    if (current?.key === key) return current.agent;
    void current?.agent.close();
    current = { key, agent: newAgent(tls) };
    return current.agent;
  };
  return {
    serverUrl: cluster.server.replace(/\/+$/, ''),
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    async prepare() {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return { headers: headersOf(options), dispatcher: agentFor(tlsOf(options)) };
    },
    close: async () => current?.agent.destroy(),
  };
}

type TlsMaterial = Readonly<Record<string, string | boolean>>;

const TLS_FIELDS = ['ca', 'cert', 'key', 'passphrase', 'servername', 'rejectUnauthorized'] as const;

function tlsOf(options: RequestOptions): TlsMaterial {
  const given = TLS_FIELDS.flatMap((field) => {
    const value = options[field];
    if (Buffer.isBuffer(value)) return [[field, value.toString()] as const];
    return typeof value === 'string' || typeof value === 'boolean' ? [[field, value] as const] : [];
  });
  return Object.fromEntries(given);
}

function newAgent(tls: TlsMaterial): Agent {
  return new Agent({
    connections: CONNECTIONS,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: buildConnector({ ...tls, timeout: CONNECT_TIMEOUT_SECONDS * MS_PER_SECOND, keepAlive: true }),
  });
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const given = Object.entries((headers ?? {}) as Record<string, unknown>);
  const own = Object.fromEntries(given.map(([name, value]) => [name.toLowerCase(), String(value)]));
  if (typeof auth === 'string') own['authorization'] = `Basic ${Buffer.from(auth).toString('base64')}`;
  return own;
}
