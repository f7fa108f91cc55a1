import type { Request, RequestHandler, Response } from 'express';
import { sendProblem } from '../problem.ts';
import { rememberCaller, type Admission, type Gate } from './gate.ts';

const MOST_TOKEN_CHARACTERS = 8192;
const BEARER = /^Bearer +(?<token>[\w.~+/-]+=*)$/i;

/** The API server's proxy keeps Authorization to itself: what is meant for us comes in a header of our own. */
export const PROXIED_AUTHORIZATION = 'x-prescale-authorization';

/** RFC 6750: the token in the Authorization header; never in the URL, which ends up in logs. */
export function requireAdmission(gate: Gate): RequestHandler {
  return async (request, response, next) => {
    const token = tokenOf(credentialsOf(request));
    const admission: Admission =
      token === undefined ? { kind: 'unknown' } : await gate(token, asked(request));
    if (admission.kind === 'admitted') {
      rememberCaller(response, admission.caller);
      // What one may see is not for another.
      response.set('Cache-Control', 'private, no-cache').vary('Authorization');
      return next();
    }
    if (admission.kind === 'forbidden') return sendProblem(response, 403, FORBIDDEN);
    refuse(response, credentialsOf(request) !== '');
  };
}

function tokenOf(credentials: string): string | undefined {
  if (credentials.length > MOST_TOKEN_CHARACTERS) return undefined;
  return BEARER.exec(credentials)?.groups?.['token'];
}

function refuse(response: Response, isWrong: boolean): void {
  response.set('WWW-Authenticate', `Bearer realm="prescale"${isWrong ? ', error="invalid_token"' : ''}`);
  sendProblem(response, 401, isWrong ? WRONG : MISSING);
}

const MISSING = 'A token is needed: Authorization: Bearer <token>.';
const WRONG = 'The token that was brought is not the right one.';
const FORBIDDEN = 'Whose token this is may not ask that: no ClusterRole of theirs has this path and verb.';

/** As it was brought: "Bearer …", or empty. */
export function credentialsOf(request: Request): string {
  return request.get('authorization') ?? request.get(PROXIED_AUTHORIZATION) ?? '';
}

function asked({ originalUrl, method }: Request): { readonly path: string; readonly verb: string } {
  const [path] = originalUrl.split('?', 1);
  return { path, verb: method === 'HEAD' ? 'get' : method.toLowerCase() };
}
