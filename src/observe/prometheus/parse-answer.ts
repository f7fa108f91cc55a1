import { parseResult } from './parse-result.ts';
import { down, type Envelope, type PrometheusAnswer, rejected, short } from './prometheus-answer.ts';
import type { HttpAnswer, HttpResponse } from './prometheus-client.ts';

/** Refusals that pass by themselves: too slow a request, too early, too many. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];
/** What Prometheus calls the query's own fault. */
const QUERY_ERRORS: readonly unknown[] = ['bad_data', 'execution'];
const HEAD_BYTES = 100;

/** Sorts an answer into samples, the query's fault and the source's fault. Messages are short and hold no body. */
export function parseAnswer(answer: HttpAnswer): PrometheusAnswer {
  if (answer.kind === 'failed') return down(answer.message);
  if (answer.tooLong) return tooLong(answer.body);
  const envelope = envelopeOf(answer.body);
  if (answer.status !== 200 || envelope?.status !== 'success') return refusal(answer, envelope);
  const result = parseResult(envelope);
  return result.kind === 'samples' ? { ...result, warning: warningOf(envelope) } : result;
}

function envelopeOf(body: Buffer): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** So much can only come from many series, unless the source talks nonsense. */
function tooLong(body: Buffer): PrometheusAnswer {
  const isAnswer = /^\s*\{\s*"status"\s*:\s*"success"/.test(headOf(body));
  const size = `the answer is longer than ${body.length} bytes`;
  return isAnswer
    ? rejected(`${size}: wrap the query in sum(...)`)
    : down(`${size} and is none of Prometheus`);
}

function refusal(response: HttpResponse, envelope: Envelope | undefined): PrometheusAnswer {
  const message = `HTTP ${response.status}${saidText(response, envelope)}`;
  return isQueryFault(response, envelope) ? rejected(message) : down(message);
}

function saidText({ contentType }: HttpResponse, envelope: Envelope | undefined): string {
  if (typeof envelope?.error === 'string') return `: ${short(envelope.error)}`;
  return `: no answer of Prometheus (${short(contentType.split(';')[0]) || 'no content type'})`;
}

/** A page for people (a login, a gateway's 404) is never Prometheus' own word on the query. */
function isQueryFault({ status, contentType, body }: HttpResponse, envelope: Envelope | undefined): boolean {
  if (status === 200) return envelope?.status === 'error' && QUERY_ERRORS.includes(envelope.errorType);
  const isRefusal = status >= 400 && status < 500 && !PASSING_STATUSES.includes(status);
  const isHtml = contentType.startsWith('text/html') || headOf(body).trimStart().startsWith('<');
  return isRefusal && !isHtml;
}

function warningOf({ warnings, isPartial }: Envelope): string | null {
  const said = Array.isArray(warnings) ? warnings.filter((one) => typeof one === 'string') : [];
  if (said.length > 0) return short(said.join('; '));
  return isPartial === true ? 'the source says that its answer is partial' : null;
}

function headOf(body: Buffer): string {
  return body.toString('latin1', 0, HEAD_BYTES);
}
