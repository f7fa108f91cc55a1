import type { Request, RequestHandler, Response } from 'express';

/** Who asks, after they were let in. Rejects with `overloaded` where that cannot be found out now. */
export interface Caller {
  /** Those of the namespaces whose workloads they may know of. */
  visible(namespaces: readonly string[]): Promise<ReadonlySet<string>>;
  /** Whether they would still be let in: for answers that go on for long. */
  isStillAdmitted(): Promise<boolean>;
}

export type Admission =
  | { readonly kind: 'admitted'; readonly caller: Caller }
  /** The token is nobody's. */
  | { readonly kind: 'unknown' }
  /** It is somebody's who may not ask this. */
  | { readonly kind: 'forbidden' };

export interface Asked {
  /** As it was asked, without the query. */
  readonly path: string;
  /** `get`, `post`, … in lower case; HEAD is a get. */
  readonly verb: string;
}

/** Who may come in. Rejects with `overloaded` where it cannot be found out now: then nobody is let in. */
export type Gate = (token: string, asked: Asked) => Promise<Admission>;

/** Whoever reaches this address, or brings the one token that there is. */
export const SEES_ALL: Caller = {
  visible: (namespaces) => Promise.resolve(new Set(namespaces)),
  isStillAdmitted: () => Promise.resolve(true),
};

const CALLER = 'prescaleCaller';
const SEEN = 'prescaleSeen';

export function rememberCaller(response: Response, caller: Caller): void {
  response.locals[CALLER] = caller;
}

/** Of the request that is answered; where there is no gate, whoever asks sees all. */
export function callerOf(response: Response): Caller {
  return (response.locals[CALLER] as Caller | undefined) ?? SEES_ALL;
}

/**
 * Finds out which of the namespaces that a request is about its caller may know of, before it is worked on: the work
 * itself then waits for nothing, and is counted as a whole.
 */
export function lookFirst(namespacesOf: (request: Request) => readonly string[]): RequestHandler {
  return async (request, response, next) => {
    if (callerOf(response) !== SEES_ALL)
      response.locals[SEEN] = await callerOf(response).visible(namespacesOf(request));
    next();
  };
}

/** Whether the caller may know of what is in this namespace. */
export function sees(response: Response, namespace: string): boolean {
  if (callerOf(response) === SEES_ALL) return true;
  return (response.locals[SEEN] as ReadonlySet<string> | undefined)?.has(namespace) ?? false;
}
