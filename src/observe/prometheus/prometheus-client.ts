import { Pool } from 'undici';
import { durationFromSeconds } from '../../domain/duration.ts';
import { MS_PER_SECOND } from '../../domain/clock.ts';
import { type CallEnd, startCallDeadline } from './call-deadline.ts';
import { connectionFault, isStaleConnection } from './connection-fault.ts';
import type { PrometheusConfig } from './prometheus-config.ts';
import { requestHeaders } from './request-headers.ts';
import { tlsConnector } from './tls-connector.ts';

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly contentType: string;
  readonly body: Buffer;
  /** The body was longer than allowed, and was cut off there. */
  readonly tooLong: boolean;
}

/** What came back over HTTP, not yet understood; or why nothing did. */
export type HttpAnswer =
  | HttpResponse
  /** `timedOut`: within the time for one request; not when the caller's own time was over. */
  | { readonly kind: 'failed'; readonly message: string; readonly timedOut: boolean };

export interface PrometheusClient {
  /** A POST form to `/api/v1/<endpoint>`. Never throws; ends within the source's timeout or with the signal. */
  post(
    endpoint: 'query' | 'query_range',
    form: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** Idle connections outlive the pause between two ticks, and end before common servers' own limit of minutes. */
const KEEP_ALIVE_MS = 60_000;

/** One pool of HTTP/1.1 keep-alive connections to one source. */
export function createPrometheusClient(config: PrometheusConfig): PrometheusClient {
  const timeoutMs = config.timeoutSeconds * MS_PER_SECOND;
  const pool = new Pool(config.url.origin, {
    connections: config.concurrency,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    // The call's own deadline is what ends it; these must not be the shorter ones.
    headersTimeout: 2 * timeoutMs,
    bodyTimeout: 2 * timeoutMs,
    connect: tlsConnector(config, timeoutMs),
  });
  const prefix = config.url.pathname.replace(/\/+$/, '');

  const send = async (endpoint: string, body: string, signal: AbortSignal): Promise<HttpAnswer> => {
    const headers = {
      ...(await requestHeaders(config)),
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    };
    const request = () =>
      pool.request({ path: `${prefix}/api/v1/${endpoint}`, method: 'POST', headers, body, signal });
    // A query changes nothing, so it may be sent again when the server had closed the idle connection.
    const response = await request().catch((error: unknown) => {
      if (signal.aborted || !isStaleConnection(error)) throw error;
      return request();
    });
    const { bytes, tooLong } = await readAtMost(response.body, config.maxAnswerBytes);
    const contentType = String(response.headers['content-type'] ?? '');
    return { kind: 'response', status: response.statusCode, contentType, body: bytes, tooLong };
  };

  return {
    async post(endpoint, form, parent) {
      const deadline = startCallDeadline(config.timeoutSeconds, parent);
      try {
        return await send(endpoint, new URLSearchParams(form).toString(), deadline.signal);
      } catch (error) {
        const end = deadline.signal.aborted ? (deadline.signal.reason as CallEnd) : undefined;
        const message = end === undefined ? connectionFault(error) : endText(end, config.timeoutSeconds);
        return { kind: 'failed', message: `${message} (${config.url.host})`, timedOut: end === 'timeout' };
      } finally {
        deadline.clear();
      }
    },
    close: () => pool.destroy(),
  };
}

function endText(end: CallEnd, timeoutSeconds: number): string {
  return end === 'timeout'
    ? `no answer within ${durationFromSeconds(timeoutSeconds)}`
    : 'no answer before the time for it was over';
}

async function readAtMost(
  body: AsyncIterable<Buffer> & { destroy(): unknown },
  maxBytes: number,
): Promise<{ bytes: Buffer; tooLong: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) return { bytes: Buffer.concat(chunks, maxBytes), tooLong: true };
  }
  return { bytes: Buffer.concat(chunks), tooLong: false };
}
