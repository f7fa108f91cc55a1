import { loadConnection, type ClusterConnection } from '../../cluster/cluster-connection.ts';
import { withinDeadline } from '../../control/deadline.ts';
import { PrescaleError } from '../../domain/errors.ts';
import { parsedOrNothing, TIMEOUT_SECONDS, type ApiAnswered, type ApiDoor } from './api-door.ts';
import type { ServiceFlag } from './service-flag.ts';
import { tokenFrom } from './token.ts';

export interface ClusterDoorFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly service: ServiceFlag;
  /** Instead of the token of kubeconfig. */
  readonly tokenFile?: string;
}

export interface ClusterDoor extends ApiDoor {
  /** Of the context. */
  readonly namespace: string;
}

/** Of the Service's ports. */
const PORT = 'api';

/**
 * Through the API server's proxy to the controller's Service, as `kubectl` reaches the cluster. The proxy keeps
 * Authorization to itself, so the caller's token goes on in a header of our own.
 */
export async function openClusterDoor(flags: ClusterDoorFlags): Promise<ClusterDoor> {
  const { namespace, name } = flags.service;
  const connection = loadConnection(flags.kubeconfig, flags.context);
  const token = await tokenOf(connection, flags.tokenFile);
  const services = `/api/v1/namespaces/${namespace}/services`;
  const label = `the API of ${namespace}/${name}, through ${connection.serverUrl}`;
  let scheme: string | undefined;
  return {
    name: label,
    namespace: connection.namespace,
    async get(path, signal) {
      scheme ??= schemeOf(await ask(connection, `${services}/${name}`, { token, signal }), flags.service);
      const proxied = `${services}/${scheme}${name}:${PORT}/proxy${path}`;
      const answer = await ask(connection, proxied, { token, signal });
      // The API server's own refusal: the API behind it speaks of problems, not of a Status.
      if ((answer.body as { kind?: string } | undefined)?.kind === 'Status') throw refused(label, answer);
      return answer;
    },
    close: () => connection.close(),
  };
}

async function tokenOf(connection: ClusterConnection, tokenFile: string | undefined): Promise<string> {
  if (tokenFile !== undefined) return tokenFrom(tokenFile);
  const { headers } = await connection.prepare();
  const [scheme, token] = (headers['authorization'] ?? '').split(' ');
  if (scheme === 'Bearer' && token !== undefined) return token;
  throw new PrescaleError(
    'usage',
    '--token-file: got none, and kubeconfig has no token (a client certificate goes no further than the API server); ' +
      'allowed: a file with a token, such as `kubectl create token NAME` makes',
  );
}

interface Asking {
  readonly token: string;
  readonly signal: AbortSignal;
}

async function ask(
  connection: ClusterConnection,
  path: string,
  { token, signal }: Asking,
): Promise<ApiAnswered> {
  const { headers, dispatcher } = await connection.prepare();
  const server = new URL(connection.serverUrl);
  const answered = async (within: AbortSignal): Promise<ApiAnswered> => {
    const { statusCode, body } = await dispatcher.request({
      origin: server.origin,
      path: `${server.pathname.replace(/\/+$/, '')}${path}`,
      method: 'GET',
      headers: { accept: 'application/json', ...headers, 'x-prescale-authorization': `Bearer ${token}` },
      signal: within,
    });
    return { status: statusCode, body: parsedOrNothing(await body.text()) };
  };
  return withinDeadline({ seconds: TIMEOUT_SECONDS, parent: signal }, answered, (error) => {
    throw signal.aborted ? (error as Error) : unanswered(connection, error);
  });
}

function unanswered({ serverUrl }: ClusterConnection, error: unknown): PrescaleError {
  const { code, message } = error as Error & { code?: string };
  return new PrescaleError('sourceUnavailable', `no answer from ${serverUrl}: ${code ?? message}`);
}

interface Service {
  readonly spec?: { readonly ports?: readonly { readonly name?: string; readonly appProtocol?: string }[] };
}

/** "https:" where the Service says that its port speaks TLS. */
function schemeOf({ status, body }: ApiAnswered, { namespace, name }: ServiceFlag): string {
  const named = `--service: ${namespace}/${name}`;
  if (status === 404)
    throw new PrescaleError('notFound', `${named} is not there; allowed: the controller's Service`);
  if (status !== 200) throw refused(named, { status, body });
  const port = ((body as Service).spec?.ports ?? []).find((one) => one.name === PORT);
  if (port) return port.appProtocol === 'https' ? 'https:' : '';
  throw new PrescaleError('notFound', `${named} has no port "${PORT}": install with api.enabled=true`);
}

function refused(what: string, { status, body }: ApiAnswered): PrescaleError {
  const { message = 'nothing' } = (body ?? {}) as { message?: string };
  return new PrescaleError('sourceUnavailable', `${what}: the API server answered ${status}: ${message}`);
}
