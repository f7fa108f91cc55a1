/** What came back from the API server. Refusals and silence are outcomes, not errors: callers decide what they mean. */
export type ApiAnswer =
  | { readonly kind: 'ok'; readonly body: unknown }
  | ApiRefusal
  /** No answer: the outcome of a write is unknown, and only a read tells. */
  | { readonly kind: 'unreachable'; readonly message: string };

export interface ApiRefusal {
  readonly kind: 'refused';
  /** HTTP status: 404 not found, 409 conflict, 410 gone, 422 invalid, 429 too many. */
  readonly status: number;
  /** Kubernetes' own word: `NotFound`, `Conflict`, `AlreadyExists`, `Expired`, …; empty where it gave none. */
  readonly reason: string;
  readonly message: string;
  /** How long the server asks to wait before the next try; null where it says nothing. */
  readonly retryAfterSeconds: number | null;
}

/** Longest part of a body that is quoted where the server answered something else than a Status. */
const QUOTED_CHARACTERS = 200;

/** The refusal that a response with an error status is. Never throws, whatever the body. */
export function refusalOf(status: number, retryAfter: string | undefined, body: string): ApiRefusal {
  const { reason = '', message = body.slice(0, QUOTED_CHARACTERS) } = statusObject(body);
  return { kind: 'refused', status, reason, message, retryAfterSeconds: secondsFrom(retryAfter) };
}

function statusObject(body: string): { readonly reason?: string; readonly message?: string } {
  try {
    const parsed = JSON.parse(body) as { kind?: string } | null;
    return parsed?.kind === 'Status' ? (parsed as object) : {};
  } catch {
    return {};
  }
}

/** Kubernetes sends whole seconds; a date, which HTTP allows too, is not waited for. */
function secondsFrom(retryAfter: string | undefined): number | null {
  const seconds = Number(retryAfter ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** One sentence for a log or a condition. */
export function answerText(answer: Exclude<ApiAnswer, { kind: 'ok' }>): string {
  if (answer.kind === 'unreachable') return answer.message;
  return `${answer.status} ${answer.reason}: ${answer.message}`.replace('  ', ' ');
}

/** The body, or an error that says what the server answered instead: for callers to whom any refusal is a surprise. */
export function bodyOf<T>(answer: ApiAnswer, what: string): T {
  if (answer.kind === 'ok') return answer.body as T;
  throw new Error(`${what}: ${answerText(answer)}`);
}
