/**
 * A fleet that no Prometheus of this machine could hold: what a real one answered for some workloads is recorded, and
 * served again for as many as are asked for, each of them as one of the recorded ones under its own name.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Answers are recorded at all instants that the loop asks for: slots of a minute, and looks between them. */
const INSTANT_MS = 15_000;
/** In one piece to the socket. */
const SERIES_A_CHUNK = 1000;

/** Of each recorded workload, by `atMs / INSTANT_MS`, what Prometheus wrote. */
export type RecordedAnswers = readonly ReadonlyMap<number, string>[];

export interface ReplayedPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

interface RangeAnswer {
  readonly data: { readonly result: readonly { readonly values: readonly (readonly [number, string])[] }[] };
}

/** What `query`, which gives a series for each workload, is answered from `fromMs` to `toMs`. */
export async function recordAnswers(
  url: string,
  { query, fromMs, toMs }: { readonly query: string; readonly fromMs: number; readonly toMs: number },
): Promise<RecordedAnswers> {
  const form = { query, start: fromMs / 1000, end: toMs / 1000, step: INSTANT_MS / 1000 };
  const body = new URLSearchParams(
    Object.entries(form).map(([name, value]): [string, string] => [name, String(value)]),
  );
  const answer = await fetch(`${url}/api/v1/query_range`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  const { data } = (await answer.json()) as RangeAnswer;
  return data.result.map(
    ({ values }) => new Map(values.map(([seconds, value]) => [(seconds * 1000) / INSTANT_MS, value])),
  );
}

/** Listens on loopback; `label` is what tells the workloads apart. */
export async function startReplayedPrometheus(
  recorded: RecordedAnswers,
  label: string,
): Promise<ReplayedPrometheus> {
  const server = createServer((request, response) => void answer(request, response));
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const form = new URLSearchParams(await text(request));
    response.writeHead(200, { 'content-type': 'application/json' });
    for (const piece of answerOf(form, recorded, label))
      if (!response.write(piece)) await once(response, 'drain');
    response.end();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** A vector for one instant, a matrix for several; a workload that nothing was recorded of at any of them has no series. */
function* answerOf(form: URLSearchParams, recorded: RecordedAnswers, label: string): Generator<string> {
  const instants = instantsOf(form);
  const isVector = form.has('time');
  yield `{"status":"success","data":{"resultType":"${isVector ? 'vector' : 'matrix'}","result":[`;
  const names = namesIn(form.get('query')!, label);
  let isFirst = true;
  for (let from = 0; from < names.length; from += SERIES_A_CHUNK) {
    const series = names.slice(from, from + SERIES_A_CHUNK).flatMap((name) => {
      const pairs = pairsOf(recorded[Number(/\d+$/.exec(name)?.[0] ?? 0) % recorded.length], instants);
      if (pairs.length === 0) return [];
      const values = isVector ? `"value":${pairs[0]}` : `"values":[${pairs.join(',')}]`;
      return [`{"metric":{"${label}":"${name}"},${values}}`];
    });
    if (series.length === 0) continue;
    yield `${isFirst ? '' : ','}${series.join(',')}`;
    isFirst = false;
  }
  yield ']}}';
}

function instantsOf(form: URLSearchParams): readonly number[] {
  const numberOf = (name: string): number => (Number(form.get(name)) * 1000) / INSTANT_MS;
  if (form.has('time')) return [numberOf('time')];
  const [start, end, step] = ['start', 'end', 'step'].map(numberOf);
  return Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, index) => start + index * step);
}

function pairsOf(values: ReadonlyMap<number, string>, instants: readonly number[]): readonly string[] {
  return instants.flatMap((instant) => {
    const value = values.get(instant);
    return value === undefined ? [] : [`[${(instant * INSTANT_MS) / 1000},"${value}"]`];
  });
}

/** `app="w1"`, or `app=~"w1|w2"`. */
function namesIn(query: string, label: string): readonly string[] {
  return new RegExp(`\\b${label}=~?"([^"]*)"`).exec(query)?.[1].split('|') ?? [];
}
