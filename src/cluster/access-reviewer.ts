import type { AccessQuestion, AccessReviewer, Identity } from '../domain/access.ts';
import type { ApiClient } from './api-client.ts';
import { bodyOf } from './api-answer.ts';
import { resourcePath } from './kubernetes-object.ts';

const TOKEN_REVIEWS = resourcePath('authentication.k8s.io/v1', 'tokenreviews');
const ACCESS_REVIEWS = resourcePath('authorization.k8s.io/v1', 'subjectaccessreviews');

interface TokenReview {
  readonly status?: {
    readonly authenticated?: boolean;
    readonly user?: Partial<Identity>;
  };
}

interface AccessReview {
  readonly status?: { readonly allowed?: boolean };
}

/**
 * The API server as the authority: TokenReview says whose a token is, SubjectAccessReview what they may. The client's
 * time limit is that of each call; its own refusals (a right that the controller lacks) reject as well.
 */
export function createAccessReviewer(client: ApiClient): AccessReviewer {
  // A request that nobody waits for any more still answers for the cache.
  const { signal } = new AbortController();
  const review = async <T>(path: string, kind: string, spec: object): Promise<T> => {
    const body = { apiVersion: path.split('/').slice(2, 4).join('/'), kind, spec };
    return bodyOf<T>(await client.call({ method: 'POST', path, body }, signal), kind);
  };
  return {
    async identify(token) {
      const { status } = await review<TokenReview>(TOKEN_REVIEWS, 'TokenReview', { token });
      const user = status?.user;
      if (status?.authenticated !== true || !user?.username) return undefined;
      const { username, uid, groups = [], extra } = user;
      return { username, groups, ...(uid !== undefined && { uid }), ...(extra && { extra }) };
    },
    async allows({ username, uid, groups, extra }, question) {
      const who = { user: username, uid, groups, extra };
      const spec = { ...who, ...attributesOf(question) };
      const { status } = await review<AccessReview>(ACCESS_REVIEWS, 'SubjectAccessReview', spec);
      return status?.allowed === true;
    },
  };
}

function attributesOf(question: AccessQuestion): object {
  if (question.kind === 'path')
    return { nonResourceAttributes: { path: question.path, verb: question.verb } };
  const { namespace } = question;
  const resource = { group: 'prescale.dev', resource: 'predictiveautoscalers', verb: 'get' };
  // Without a namespace: in all of them.
  return { resourceAttributes: { ...resource, ...(namespace !== null && { namespace }) } };
}
