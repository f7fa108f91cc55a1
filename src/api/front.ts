/**
 * What stands before the application: it lets in what there is room for, and turns the rest away for a few microseconds
 * each, before anything of it is routed, parsed or asked for a token. So a flood leaves the thread to the loop, and health
 * and metrics, which are never turned away, to whoever watches.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { problemDetails, PROBLEM_JSON } from './problem.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import type { Line } from './turns.ts';

/** A client that sends more than this without reading an answer is not one that anybody waits for. */
const MOST_PIPELINED = 16;
/** What is refused is not read: a body of up to this is let pass by, so that the connection can be kept. */
const MOST_SKIPPED_BYTES = 64_000;

export type LineOf = (request: IncomingMessage) => Line | undefined;

/** `lineOf`: undefined for what costs next to nothing and is always answered. */
export function createFront(lineOf: LineOf, answer: RequestListener): RequestListener {
  const pipelined = createPipelineLimit(MOST_PIPELINED);
  return (request, response) => {
    if (pipelined(request.socket)) return void request.socket.destroy();
    const line = lineOf(request);
    if (!line) return answer(request, response);
    const fullForSeconds = line.fullForSeconds();
    if (fullForSeconds !== undefined) return turnAway(request, response, fullForSeconds);
    const leave = line.enter(() => void answer(request, response));
    response.once('close', leave);
  };
}

/** Whether a connection has brought more than `most` requests within one turn of the event loop. */
function createPipelineLimit(most: number): (socket: Socket) => boolean {
  const counts = new Map<Socket, number>();
  return (socket) => {
    if (socket.destroyed) return true;
    if (counts.size === 0) setImmediate(() => counts.clear());
    const count = (counts.get(socket) ?? 0) + 1;
    counts.set(socket, count);
    return count > most;
  };
}

interface Refusal {
  /** Names and values in turn, as they are written fastest. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** One for each time to wait: there are few of them, and many who are told. */
const refusals = new Map<number, Refusal>();
const MOST_REFUSALS = 100;

function refusalFor(seconds: number): Refusal {
  const known = refusals.get(seconds);
  if (known) return known;
  const body = JSON.stringify(problemDetails(503, `Too much is asked at once; ask again in ${seconds} s.`));
  const headers = {
    ...SECURITY_HEADERS,
    'Retry-After': String(seconds),
    'Content-Type': PROBLEM_JSON,
    'Content-Length': String(Buffer.byteLength(body)),
  };
  const refusal = { headers: Object.entries(headers).flat(), body };
  if (refusals.size >= MOST_REFUSALS) refusals.clear();
  refusals.set(seconds, refusal);
  return refusal;
}

function turnAway({ headers: asked }: IncomingMessage, response: ServerResponse, seconds: number): void {
  const { headers, body } = refusalFor(seconds);
  const isLong =
    asked['transfer-encoding'] !== undefined || Number(asked['content-length'] ?? 0) > MOST_SKIPPED_BYTES;
  response.writeHead(503, isLong ? [...headers, 'Connection', 'close'] : [...headers]);
  response.end(body);
}
