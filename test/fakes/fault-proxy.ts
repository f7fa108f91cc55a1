/** Stands between a client and a real (or fake) Prometheus and spoils what comes back, each time as it is told. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export const FAULTS = [
  'none',
  'refuse',
  'hang',
  'empty',
  'notANumber',
  'warning',
  'twoSeries',
  'internalError',
  'unavailable',
  'tooManyRequests',
  'badData',
  'page',
  'garbage',
  'partialBody',
  'slowDrip',
  'endless',
  'redirect',
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultProxy {
  readonly url: string;
  /** What happens to every request from now on. */
  set(fault: Fault): void;
  close(): Promise<void>;
}

export async function startFaultProxy(targetUrl: string): Promise<FaultProxy> {
  let fault: Fault = 'none';
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    void handle({ request, response, targetUrl, fault }).catch(() => response.destroy());
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const url = await listening(server);
  return {
    url,
    set: (next) => void (fault = next),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly targetUrl: string;
  readonly fault: Fault;
}

interface Matrix {
  status: string;
  warnings?: string[];
  data: {
    resultType: string;
    result: { metric: object; values?: [number, string][]; value?: [number, string] }[];
  };
}

async function handle(exchange: Exchange): Promise<void> {
  const { fault, request, response } = exchange;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (fault === 'refuse') return void request.socket.destroy();
  if (fault === 'hang') return;
  const answer = await fetch(exchange.targetUrl + (request.url ?? ''), {
    method: request.method ?? 'POST',
    headers: { 'content-type': request.headers['content-type'] ?? '' },
    body: Buffer.concat(chunks),
  });
  spoil(response, fault, { status: answer.status, text: await answer.text() });
}

function spoil(response: ServerResponse, fault: Fault, good: { status: number; text: string }): void {
  const edit = EDITS[fault];
  const refusal = REFUSALS[fault];
  if (edit !== undefined) sent(response, { status: 200, type: JSON_TYPE, body: edited(good.text, edit) });
  else if (refusal !== undefined) sent(response, { type: JSON_TYPE, ...refusal });
  else if (fault === 'redirect') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
  else slowly(response, fault, good);
}

const JSON_TYPE = 'application/json';

/** Good answers made worse. */
const EDITS: Partial<Record<Fault, (matrix: Matrix) => void>> = {
  empty: (matrix) => (matrix.data.result = []),
  notANumber: spoilValues,
  warning: (matrix) => (matrix.warnings = ['store-2 is not reachable']),
  twoSeries: (matrix) => matrix.data.result.push(matrix.data.result[0]),
};

/** Answers of the server's own, whatever the question. */
const REFUSALS: Partial<Record<Fault, { status: number; type?: string; body: string }>> = {
  internalError: {
    status: 500,
    body: '{"status":"error","errorType":"internal","error":"block is corrupt"}',
  },
  unavailable: { status: 503, body: '{"status":"error","errorType":"timeout","error":"query timed out"}' },
  tooManyRequests: { status: 429, body: '{"status":"error","error":"too many requests"}' },
  badData: { status: 400, body: '{"status":"error","errorType":"bad_data","error":"parse error"}' },
  page: { status: 200, type: 'text/html', body: '<html><body>Please log in' },
  garbage: { status: 200, body: '{"status":"success","data":{"resultType":' },
};

/** Faults of the transport, and the answer as it came. */
function slowly(
  response: ServerResponse,
  fault: Fault,
  { status, text }: { status: number; text: string },
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(fault === 'endless' ? {} : { 'content-length': Buffer.byteLength(text) }),
  });
  if (fault === 'partialBody') response.write(text.slice(0, text.length / 2), () => response.destroy());
  else if (fault === 'slowDrip') drip(response, text);
  else if (fault === 'endless') pour(response);
  else response.end(text);
}

function drip(response: ServerResponse, text: string): void {
  let at = 0;
  const timer = setInterval(() => response.write(text[at++ % text.length]), 20);
  response.on('close', () => clearInterval(timer));
}

function pour(response: ServerResponse): void {
  const junk = 'x'.repeat(65_536);
  const more = (): void => {
    while (!response.destroyed && response.write(junk));
    response.once('drain', more);
  };
  more();
}

function edited(text: string, edit: (matrix: Matrix) => void): string {
  const matrix = JSON.parse(text) as Matrix;
  edit(matrix);
  return JSON.stringify(matrix);
}

function spoilValues({ data }: Matrix): void {
  for (const series of data.result) {
    for (const pair of series.values ?? []) pair[1] = 'NaN';
    if (series.value !== undefined) series.value[1] = 'NaN';
  }
}

function sent(
  response: ServerResponse,
  { status, type, body }: { status: number; type: string; body: string },
): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
