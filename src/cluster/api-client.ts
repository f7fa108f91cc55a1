import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { MS_PER_SECOND, type Clock } from '../domain/clock.ts';
import { refusalOf, type ApiAnswer, type ApiRefusal } from './api-answer.ts';
import { callDeadline } from './call-deadline.ts';
import type { ClusterConnection } from './cluster-connection.ts';
import { retryPauseSeconds } from './retry-pause.ts';
import type { ServerClock } from './server-clock.ts';

/** How a body is to be understood. A patch without its own type is read as a JSON Patch by the server, and refused. */
export const CONTENT_TYPES = {
  json: 'application/json',
  mergePatch: 'application/merge-patch+json',
  strategicMergePatch: 'application/strategic-merge-patch+json',
  serverSideApply: 'application/apply-patch+yaml',
} as const;
export type ContentType = keyof typeof CONTENT_TYPES;

export interface ApiCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the root: `/apis/apps/v1/…`, names already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** `json` unless given; a PATCH has to name its own. */
  readonly contentType?: ContentType;
}

export interface ApiClient {
  /** Never throws; ends within the time limit, retries included, or with the signal. */
  call(call: ApiCall, signal: AbortSignal): Promise<ApiAnswer>;
  /** An answer that goes on for as long as the server likes; ends with an error after `silenceSeconds` without a byte. */
  stream(call: StreamCall, signal: AbortSignal): Promise<StreamAnswer>;
  close(): Promise<void>;
}

export interface StreamCall {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly silenceSeconds: number;
}

export type StreamAnswer =
  | { readonly kind: 'open'; readonly body: AsyncIterable<Buffer>; close(): void }
  | Exclude<ApiAnswer, { kind: 'ok' }>;

export interface ApiClientDeps {
  readonly connection: ClusterConnection;
  readonly clock: Clock;
  /** A number of [0, 1), for jitter. */
  readonly random: () => number;
  /** What a call may take in all; 10 s unless given. */
  readonly timeoutSeconds?: number;
  readonly userAgent: string;
  /** Told of the time that each answer bears. */
  readonly serverClock?: ServerClock;
}

const DEFAULT_TIMEOUT_SECONDS = 10;

export function createApiClient(deps: ApiClientDeps): ApiClient {
  const { connection, clock, random, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = deps;
  const server = new URL(connection.serverUrl);
  const prefix = server.pathname.replace(/\/+$/, '');

  const send = async (call: ApiCall, limits: RequestLimits): Promise<Dispatcher.ResponseData> => {
    const { headers, dispatcher } = await connection.prepare();
    const sent = call.body === undefined ? {} : { 'content-type': CONTENT_TYPES[call.contentType ?? 'json'] };
    const sentAtMs = clock.nowMs();
    const sending = dispatcher.request({
      origin: server.origin,
      path: prefix + pathWithQuery(call.path, call.query),
      method: call.method,
      headers: { accept: 'application/json', 'user-agent': deps.userAgent, ...sent, ...headers },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      // The deadline ends the wait for an answer.
      headersTimeout: 0,
      ...limits,
    });
    const response = await unlessAborted(sending, limits.signal);
    deps.serverClock?.heard(headerOf(response, 'date'), sentAtMs, clock.nowMs());
    return response;
  };

  const once = async (call: ApiCall, signal: AbortSignal): Promise<ApiAnswer> => {
    try {
      const response = await send(call, { signal, bodyTimeout: 0 });
      const text = await response.body.text();
      // undici keeps a connection for one more turn of the event loop: a call made before would open another one.
      await nextTurn();
      return isError(response) ? refusal(response, text) : { kind: 'ok', body: parsed(text) };
    } catch (error) {
      return unanswered(signal, error);
    }
  };

  return {
    async call(call, parent) {
      const deadline = callDeadline(timeoutSeconds, parent);
      try {
        for (let attempt = 1; ; attempt += 1) {
          const answer = await once(call, deadline.signal);
          const pauseSeconds = retryPauseSeconds(answer, call.method === 'GET', attempt, random());
          if (pauseSeconds === undefined || pauseSeconds > deadline.leftSeconds()) return answer;
          await clock.sleep(pauseSeconds, deadline.signal);
          if (deadline.signal.aborted) return answer;
        }
      } finally {
        deadline.clear();
      }
    },

    async stream({ path, query, silenceSeconds }, parent) {
      const deadline = callDeadline(timeoutSeconds, parent);
      const { signal } = deadline;
      const bodyTimeout = silenceSeconds * MS_PER_SECOND;
      try {
        const response = await send({ method: 'GET', path, query }, { signal, bodyTimeout });
        if (isError(response)) return refusal(response, await response.body.text());
        deadline.stopTimer();
        const { body } = response;
        return { kind: 'open', body, close: () => (deadline.clear(), void body.destroy()) };
      } catch (error) {
        return unanswered(signal, error);
      } finally {
        // Once open, the stream still ends with its parent, until it is closed.
        if (!deadline.isStopped()) deadline.clear();
      }
    },
    close: () => connection.close(),
  };
}

interface RequestLimits {
  readonly signal: AbortSignal;
  readonly bodyTimeout: number;
}

/** undici heeds the signal only once a connection is there; it sends nothing after an abort, but tells so late. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

const isError = ({ statusCode }: Dispatcher.ResponseData): boolean => statusCode >= 400;
const parsed = (text: string): unknown => (text === '' ? undefined : JSON.parse(text));

function refusal(response: Dispatcher.ResponseData, text: string): ApiRefusal {
  return refusalOf(response.statusCode, headerOf(response, 'retry-after'), text);
}

function headerOf({ headers }: Dispatcher.ResponseData, name: string): string | undefined {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}

function pathWithQuery(path: string, query: Readonly<Record<string, string>> = {}): string {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

function unanswered({ aborted, reason }: AbortSignal, error: unknown): ApiAnswer & { kind: 'unreachable' } {
  const message = aborted && reason instanceof Error ? reason.message : faultText(error);
  return { kind: 'unreachable', message };
}

function faultText(error: unknown): string {
  const { code, cause, message } = error as { code?: string; cause?: { code?: string }; message?: string };
  return `the API server does not answer (${code ?? cause?.code ?? message ?? 'unknown fault'})`;
}
