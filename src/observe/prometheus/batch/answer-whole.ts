import type { Evaluation } from '../evaluation-instants.ts';
import { parseAnswer } from '../parse-answer.ts';
import type { PrometheusAnswer } from '../prometheus-answer.ts';
import type { HttpAnswer } from '../prometheus-client.ts';
import type { Part } from './group-parts.ts';

export type AskPart = (part: Part, signal: AbortSignal) => Promise<HttpAnswer>;

type Samples = Extract<PrometheusAnswer, { kind: 'samples' }>;

/** "Unprocessable": of what a server says to a query that it understands and that is too much for it. */
const UNPROCESSABLE = 422;
/** As many instants as every look at a workload asks for: who refuses these refuses the query. */
const LEAST_INSTANTS = 120;

/**
 * The answer to one query, in one request where the server takes it. Prometheus counts the samples that a query reads
 * (50 million unless told otherwise), not those that it gives: two weeks of one workload by the minute are more than
 * that from 2,500 series on. So what is refused is asked for in halves of its time, the newer one first; where that is
 * refused down to a few minutes, nothing else is asked.
 */
export async function answerWhole(ask: AskPart, part: Part, signal: AbortSignal): Promise<PrometheusAnswer> {
  const said = await ask(part, signal);
  const halves = isUnprocessable(said) ? halvesInTime(part.evaluation) : undefined;
  if (halves === undefined) return parseAnswer(said);
  const { query } = part;
  const newer = await answerWhole(ask, { query, evaluation: halves.newer }, signal);
  if (newer.kind !== 'samples') return newer;
  const older = await answerWhole(ask, { query, evaluation: halves.older }, signal);
  return older.kind === 'samples' ? joined(older, newer) : older;
}

function isUnprocessable(said: HttpAnswer): boolean {
  return said.kind === 'response' && said.status === UNPROCESSABLE;
}

/** undefined: too short for that. */
function halvesInTime({
  startMs,
  endMs,
  stepMs,
}: Evaluation): { readonly older: Evaluation; readonly newer: Evaluation } | undefined {
  const instants = (endMs - startMs) / stepMs + 1;
  if (instants <= LEAST_INSTANTS) return undefined;
  const newerFromMs = startMs + Math.floor(instants / 2) * stepMs;
  return {
    older: { startMs, endMs: newerFromMs - stepMs, stepMs },
    newer: { startMs: newerFromMs, endMs, stepMs },
  };
}

function joined(older: Samples, newer: Samples): Samples {
  return {
    kind: 'samples',
    stampsAtMs: [...older.stampsAtMs, ...newer.stampsAtMs],
    values: [...older.values, ...newer.values],
    warning: newer.warning ?? older.warning,
  };
}
