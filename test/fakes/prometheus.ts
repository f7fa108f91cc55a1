/** A small HTTP server that speaks the part of Prometheus' API that is used, for tests without a real one. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { slotIndexAt, type TimeSeries } from '../../src/domain/time-series.ts';

export interface FakeSeries {
  readonly series: TimeSeries;
  readonly notANumberSlots?: readonly number[];
}

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly form: Readonly<Record<string, string>>;
}

export interface FakePrometheus {
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly received: Received[];
  /** Connections accepted so far. */
  connections(): number;
  /** Closes every connection, as a server does with idle ones. */
  dropConnections(): void;
  close(): Promise<void>;
}

const MAX_POINTS = 11_000;

/** `byQuery` gives the series of each query it knows; any other query has no series, `!` is a syntax error. */
export async function startFakePrometheus(
  byQuery: Readonly<Record<string, readonly FakeSeries[]>>,
  createHttpServer: (
    answer: (request: IncomingMessage, response: ServerResponse) => void,
  ) => Server = createServer,
): Promise<FakePrometheus> {
  const received: Received[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createHttpServer((request, response) => {
    void readForm(request).then((form) => {
      received.push({ path: request.url ?? '', headers: request.headers, form });
      reply(response, form, byQuery);
    });
  });
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dropConnections = () => sockets.forEach((socket) => socket.destroy());
  const scheme = 'setSecureContext' in server ? 'https' : 'http';
  return {
    url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    connections: () => connections,
    dropConnections,
    close: async () => {
      dropConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readForm(request: IncomingMessage): Promise<Record<string, string>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()));
}

function reply(
  response: ServerResponse,
  form: Readonly<Record<string, string>>,
  byQuery: Readonly<Record<string, readonly FakeSeries[]>>,
): void {
  const start = Number(form['start'] ?? form['time']);
  const end = Number(form['end'] ?? form['time']);
  const step = Number(form['step'] ?? 1);
  if (form['query'].includes('!')) return refuse(response, 'invalid parameter "query": parse error');
  if ((end - start) / step > MAX_POINTS)
    return refuse(response, 'exceeded maximum resolution of 11,000 points');
  const instants = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, k) => start + k * step);
  const isRange = form['start'] !== undefined;
  const result = (byQuery[form['query']] ?? []).flatMap((one) => {
    const values = instants.flatMap((seconds) => sampleAt(one, seconds));
    if (values.length === 0) return [];
    return [isRange ? { metric: {}, values } : { metric: {}, value: values[0] }];
  });
  const data = { resultType: isRange ? 'matrix' : 'vector', result };
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'success', data }));
}

function refuse(response: ServerResponse, error: string): void {
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ status: 'error', errorType: 'bad_data', error }));
}

/** The slot that ends at the instant, or within less than one step before it. */
function sampleAt({ series, notANumberSlots = [] }: FakeSeries, seconds: number): [number, string][] {
  const slot = slotIndexAt(series, seconds * 1000) - 1;
  const value = slot < 0 ? undefined : series.values[slot];
  if (value === undefined || (Number.isNaN(value) && !notANumberSlots.includes(slot))) return [];
  return [[seconds, String(value)]];
}
