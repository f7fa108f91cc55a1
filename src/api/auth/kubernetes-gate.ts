import { createHash } from 'node:crypto';
import type { AccessQuestion, AccessReviewer, Identity } from '../../domain/access.ts';
import type { Caller, Gate } from './gate.ts';
import { createVerdictCache, type VerdictCacheOptions } from './verdict-cache.ts';

export interface KubernetesGateDeps extends Pick<VerdictCacheOptions<unknown>, 'nowMs' | 'onFault'> {
  readonly reviewer: AccessReviewer;
}

/** A right that is taken away is gone after half a minute; one that is given is there after seconds. */
const TERMS = { goodSeconds: 30, badSeconds: 5, mostKept: 4096, mostAsking: 64 };

/**
 * Lets in whoever the API server knows by their token (TokenReview) and allows to ask the path (SubjectAccessReview of a
 * non-resource URL); they see the workloads of those namespaces whose `predictiveautoscalers` they may get.
 */
export function kubernetesGate({ reviewer, ...deps }: KubernetesGateDeps): Gate {
  const identities = createVerdictCache<Identity | undefined>({
    ...TERMS,
    ...deps,
    isGood: (identity) => identity !== undefined,
  });
  const rights = createVerdictCache<boolean>({ ...TERMS, ...deps, isGood: (allowed) => allowed });
  // Neither tokens nor names are kept: what they are known by is a digest.
  const identify = (token: string): Promise<Identity | undefined> =>
    identities.get(digestOf(token), () => reviewer.identify(token));
  const allows = (identity: Identity, question: AccessQuestion): Promise<boolean> =>
    rights.get(digestOf(JSON.stringify([identity, question])), () => reviewer.allows(identity, question));

  return async (token, asked) => {
    const question: AccessQuestion = { kind: 'path', ...asked };
    const identity = await identify(token);
    if (!identity) return { kind: 'unknown' };
    if (!(await allows(identity, question))) return { kind: 'forbidden' };
    const caller: Caller = {
      visible: (namespaces) => visibleTo((one) => allows(identity, one), namespaces),
      async isStillAdmitted() {
        const now = await identify(token);
        return now !== undefined && (await allows(now, question));
      },
    };
    return { kind: 'admitted', caller };
  };
}

/** Namespaces that are asked about at a time, so that a large fleet leaves room for who else asks. */
const AT_A_TIME = 8;

/** Who may get all is asked once; for others, each namespace by itself. */
async function visibleTo(
  allows: (question: AccessQuestion) => Promise<boolean>,
  namespaces: readonly string[],
): Promise<ReadonlySet<string>> {
  const distinct = [...new Set(namespaces)];
  if (distinct.length > 1 && (await allows({ kind: 'autoscalers', namespace: null })))
    return new Set(distinct);
  const visible = new Set<string>();
  for (let first = 0; first < distinct.length; first += AT_A_TIME) {
    const some = distinct.slice(first, first + AT_A_TIME);
    const verdicts = await Promise.all(some.map((namespace) => allows({ kind: 'autoscalers', namespace })));
    some.filter((_namespace, index) => verdicts[index]).forEach((namespace) => visible.add(namespace));
  }
  return visible;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}
