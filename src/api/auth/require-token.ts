import type { RequestHandler } from 'express';
import { sendProblem } from '../problem.ts';
import type { TokenCheck } from './token-file.ts';

const MOST_TOKEN_CHARACTERS = 8192;
const BEARER = /^Bearer +(?<token>[\w.~+/-]+=*)$/i;

/** RFC 6750: the token in the Authorization header; never in the URL, which ends up in logs. */
export function requireToken(isAllowed: TokenCheck): RequestHandler {
  return async (request, response, next) => {
    const header = request.get('authorization') ?? '';
    const token = header.length <= MOST_TOKEN_CHARACTERS ? BEARER.exec(header)?.groups?.['token'] : undefined;
    if (token !== undefined && (await isAllowed(token))) return next();
    const isWrong = header !== '';
    response.set('WWW-Authenticate', `Bearer realm="prescale"${isWrong ? ', error="invalid_token"' : ''}`);
    sendProblem(response, 401, isWrong ? WRONG : MISSING);
  };
}

const MISSING = 'A token is needed: Authorization: Bearer <token>.';
const WRONG = 'The token that was brought is not the right one.';
