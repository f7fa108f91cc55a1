/** Between the controller and a real Prometheus: what it answers can be spoilt. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** `silent`: takes the question and never answers; `slow`: answers after ten seconds; `garbage`: half of an answer. */
export type MetricsFault = 'none' | 'empty' | 'notANumber' | 'error' | 'silent' | 'slow' | 'garbage';

export interface MetricsRelay {
  readonly url: string;
  /** From now on. */
  spoil(fault: MetricsFault): void;
  stop(): Promise<void>;
}

export interface MetricsRelayOptions {
  /** What samples older than four minutes are divided by: only who lives in the past sees them as the newest. */
  readonly pastDivisor?: number;
  /** Told of each question, as it was put. */
  readonly onAsked?: (form: URLSearchParams) => void;
}

const PAST_MS = 4 * 60_000;
const SLOW_MS = 10_000;

interface Series {
  readonly metric: unknown;
  readonly value?: Sample;
  readonly values?: readonly Sample[];
}
type Sample = readonly [number, string];

export async function startMetricsRelay(
  target: () => string,
  { pastDivisor = 1, onAsked }: MetricsRelayOptions = {},
): Promise<MetricsRelay> {
  let fault: MetricsFault = 'none';

  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await textOf(asked);
    onAsked?.(new URLSearchParams(body));
    if (fault === 'silent') return;
    if (fault === 'error') return void response.writeHead(500).end('the disk is full');
    const { status, text } = await forwarded(target(), asked, body);
    if (fault === 'slow') await sleep(SLOW_MS);
    response.writeHead(status, { 'content-type': 'application/json' });
    if (fault === 'garbage') return void response.end(text.slice(0, text.length / 2));
    response.end(status === 200 ? spoilt(text, fault, isOfThePast(body) ? pastDivisor : 1) : text);
  };

  const server = createServer((asked, response) => {
    answer(asked, response).catch(() => void response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spoil: (one) => void (fault = one),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Whether the newest instant that is asked for passed long ago. */
function isOfThePast(body: string): boolean {
  const form = new URLSearchParams(body);
  return Number(form.get('end') ?? form.get('time')) * 1000 < Date.now() - PAST_MS;
}

async function textOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function forwarded(target: string, asked: IncomingMessage, body: string) {
  const { 'content-type': contentType = '' } = asked.headers;
  const sending = request(new URL(asked.url!, target), {
    method: asked.method,
    headers: { 'content-type': contentType, 'content-length': Buffer.byteLength(body) },
  });
  sending.end(body);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  return { status: response.statusCode!, text: await textOf(response) };
}

function spoilt(text: string, fault: MetricsFault, divisor: number): string {
  const answer = JSON.parse(text) as { data: { result: readonly Series[] } };
  const result = fault === 'empty' ? [] : answer.data.result.map((one) => spoiltSeries(one, fault, divisor));
  return JSON.stringify({ ...answer, data: { ...answer.data, result } });
}

/** A Prometheus has no samples of the future; one that was filled for a test has. */
function spoiltSeries({ metric, value, values }: Series, fault: MetricsFault, divisor: number): Series {
  const spoil = ([at, text]: Sample): Sample => [
    at,
    fault === 'notANumber' ? 'NaN' : String(Number(text) / divisor),
  ];
  const isPast = ([at]: Sample): boolean => at * 1000 <= Date.now();
  return {
    metric,
    ...(value && { value: spoil(value) }),
    ...(values && { values: values.filter(isPast).map(spoil) }),
  };
}
