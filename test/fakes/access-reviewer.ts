import type { AccessQuestion, AccessReviewer } from '../../src/domain/access.ts';

export interface Account {
  /** Prefixes of paths that it may ask, in any way. */
  readonly paths: readonly string[];
  /** Whose autoscalers it may get; `*`: of all. */
  readonly namespaces: readonly string[];
}

/** An authority that knows these tokens; `silent` makes it answer nothing. What it is asked is counted. */
export function fakeReviewer(accounts: Readonly<Record<string, Account>>) {
  const asked: string[] = [];
  const state = { silent: false };
  const answer = <T>(what: string, verdict: T): Promise<T> => {
    asked.push(what);
    return state.silent
      ? Promise.reject(new Error('the API server does not answer'))
      : Promise.resolve(verdict);
  };
  const reviewer: AccessReviewer = {
    identify: (token) =>
      answer(`token ${token}`, Object.hasOwn(accounts, token) ? { username: token, groups: [] } : undefined),
    allows: ({ username }, question) =>
      answer(`${username} ${textOf(question)}`, allows(accounts[username], question)),
  };
  return { reviewer, asked, state };
}

function allows({ paths, namespaces }: Account, question: AccessQuestion): boolean {
  if (question.kind === 'path') return paths.some((prefix) => question.path.startsWith(prefix));
  return namespaces.includes('*') || (question.namespace !== null && namespaces.includes(question.namespace));
}

function textOf(question: AccessQuestion): string {
  return question.kind === 'path'
    ? `${question.verb} ${question.path}`
    : `autoscalers ${question.namespace ?? '*'}`;
}
