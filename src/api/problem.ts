import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { ERROR_CODES, PrescaleError, type ErrorCode, type Problem } from '../domain/errors.ts';

/** RFC 9457 problem details. `problems` lists every field that is wrong; absent where no field is. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly problems?: readonly Problem[];
}

export const PROBLEM_JSON = 'application/problem+json';

/** `about:blank` (RFC 9457, 4.2.1): the status says all there is to say about the kind; `detail` says the rest. */
export function problemDetails(
  status: number,
  detail: string,
  problems: readonly Problem[] = [],
): ProblemDetails {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...(problems.length > 0 && { problems }),
  };
}

export function sendProblem(
  response: Response,
  status: number,
  detail: string,
  problems: readonly Problem[] = [],
): void {
  const body = JSON.stringify(problemDetails(status, detail, problems));
  response.status(status).type(PROBLEM_JSON).send(body);
}

export const notFound: RequestHandler = (request, response) => {
  sendProblem(response, 404, `There is nothing at ${request.path}.`);
};

/** For a path that exists, asked with a method that it does not have. */
export function methodNotAllowed(allowed: string): RequestHandler {
  return (request, response) => {
    response.set('Allow', allowed);
    sendProblem(response, 405, `${request.method} is not allowed here; ${allowed} is.`);
  };
}

/** Bodies are JSON or nothing. */
export const jsonOnly: RequestHandler = (request, response, next) => {
  if (request.is('application/json')) return next();
  const got = request.get('content-type') ?? 'no Content-Type';
  sendProblem(response, 415, `The body must be application/json, got ${got}.`);
};

/** What express and its body parser throw: an Error with a status that may be shown. */
interface HttpError {
  readonly status: number;
  readonly type?: string;
}

function isHttpError(error: unknown): error is HttpError {
  return typeof error === 'object' && error !== null && 'status' in error && typeof error.status === 'number';
}

const UNREADABLE = 'The request could not be read.';
/** What is asked for too soon is asked for again after this. */
const OVERLOADED_SECONDS = 1;
const NO_SUCH_FORM = 'There is no answer of the form that Accept asks for; application/json there always is.';
const BODY_ERRORS: Readonly<Record<string, string>> = {
  'entity.parse.failed': 'The body is not valid JSON.',
  'entity.too.large': 'The body is larger than this server takes.',
  'encoding.unsupported': 'The Content-Encoding of the body is not supported.',
  'charset.unsupported': 'The charset of the body is not supported; use UTF-8.',
  'request.aborted': 'The body ended before it was complete.',
  'request.size.invalid': 'The body is not as long as its Content-Length says.',
};

/** The last handler: whatever was thrown becomes a problem; only 5xx are reported, and none shows its inside. */
export function problemHandler(onInternalError: (error: unknown) => void): ErrorRequestHandler {
  return (error: unknown, _request: Request, response, next) => {
    if (response.headersSent) return next(error);
    if (error instanceof PrescaleError && ERROR_CODES[error.code].httpStatus < 500) {
      return sendProblem(response, statusOf(error.code), error.message.split('\n')[0], error.problems);
    }
    if (isHttpError(error) && error.status >= 400 && error.status < 500) {
      const detail = detailOf(error);
      return sendProblem(response, error.status, detail);
    }
    if (error instanceof PrescaleError && error.code === 'overloaded') {
      response.set('Retry-After', String(OVERLOADED_SECONDS));
      return sendProblem(response, statusOf(error.code), error.message);
    }
    onInternalError(error);
    const known = error instanceof PrescaleError ? error.code : 'internal';
    sendProblem(response, statusOf(known), 'The server failed to answer; its log says why.');
  };
}

function detailOf({ status, type = '' }: HttpError): string {
  return status === 406 ? NO_SUCH_FORM : (BODY_ERRORS[type] ?? UNREADABLE);
}

function statusOf(code: ErrorCode): number {
  return ERROR_CODES[code].httpStatus;
}
