import { parseResult, seriesBy, type SplitResult } from './parse-result.ts';
import {
  down,
  type Envelope,
  type PrometheusAnswer,
  type PrometheusFault,
  rejected,
  short,
} from './prometheus-answer.ts';
import type { HttpAnswer, HttpResponse } from './prometheus-client.ts';

/** Refusals that pass by themselves: too slow a request, too early, too many. */
const PASSING_STATUSES: readonly number[] = [408, 425, 429];
/** What Prometheus calls the query's own fault. */
const QUERY_ERRORS: readonly unknown[] = ['bad_data', 'execution'];
const HEAD_BYTES = 100;

/** Sorts an answer into samples, the query's fault and the source's fault. Messages are short and hold no body. */
export function parseAnswer(answer: HttpAnswer): PrometheusAnswer {
  const said = successOrFault(answer);
  return said.kind === 'success' ? withWarning(parseResult(said.envelope), warningOf(said.envelope)) : said;
}

/** The answer to a query for many at once: what it says of each, by the key that `keyOf` gives a series' labels. */
export function parseSeriesBy(
  answer: HttpAnswer,
  keyOf: (metric: Readonly<Record<string, unknown>>) => string,
): SplitResult {
  const said = successOrFault(answer);
  if (said.kind !== 'success') return said;
  const split = seriesBy(said.envelope, keyOf);
  if (split.kind !== 'split') return split;
  const warning = warningOf(said.envelope);
  return { kind: 'split', of: (key) => withWarning(split.of(key), warning) };
}

function successOrFault(
  answer: HttpAnswer,
): { readonly kind: 'success'; readonly envelope: Envelope } | PrometheusFault {
  if (answer.kind === 'failed') return down(answer.message);
  if (answer.tooLong) return tooLong(answer.body);
  const envelope = envelopeOf(answer.body);
  if (answer.status !== 200 || envelope?.status !== 'success') return refusal(answer, envelope);
  return { kind: 'success', envelope };
}

function withWarning(result: PrometheusAnswer, warning: string | null): PrometheusAnswer {
  return result.kind === 'samples' && warning !== null ? { ...result, warning } : result;
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
function tooLong(body: Buffer): PrometheusFault {
  const isAnswer = /^\s*\{\s*"status"\s*:\s*"success"/.test(headOf(body));
  const size = `the answer is longer than ${body.length} bytes`;
  return isAnswer
    ? rejected(`${size}: wrap the query in sum(...)`)
    : down(`${size} and is none of Prometheus`);
}

function refusal(response: HttpResponse, envelope: Envelope | undefined): PrometheusFault {
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
