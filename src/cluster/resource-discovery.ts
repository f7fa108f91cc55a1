import { PrescaleError } from '../domain/errors.ts';
import { answerText } from './api-answer.ts';
import type { ApiClient } from './api-client.ts';
import { resourcePath } from './kubernetes-object.ts';

/** Names of kinds as paths know them: `apps/v1`, `Deployment` -> `deployments`. */
export interface ResourceDiscovery {
  /** Throws `notFound` where the server has no such kind, or the kind has no scale subresource. */
  scalableResource(apiVersion: string, kind: string, signal: AbortSignal): Promise<string>;
  /** The next question about this group is asked anew: after a 404, a CRD may have gone or come. */
  forget(apiVersion: string): void;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
}

export function createResourceDiscovery(client: ApiClient): ResourceDiscovery {
  const known = new Map<string, readonly ApiResource[]>();

  const resourcesOf = async (apiVersion: string, signal: AbortSignal): Promise<readonly ApiResource[]> => {
    const found = known.get(apiVersion);
    if (found) return found;
    const path = resourcePath(apiVersion, '').replace(/\/$/, '');
    const answer = await client.call({ method: 'GET', path }, signal);
    if (answer.kind === 'refused' && answer.status === 404) return [];
    if (answer.kind !== 'ok') throw new Error(`discovery of ${apiVersion}: ${answerText(answer)}`);
    const { resources } = answer.body as { readonly resources: readonly ApiResource[] };
    known.set(apiVersion, resources);
    return resources;
  };

  return {
    async scalableResource(apiVersion, kind, signal) {
      const resources = await resourcesOf(apiVersion, signal);
      const resource = resources.find((one) => one.kind === kind && !one.name.includes('/'));
      if (!resource) throw new PrescaleError('notFound', `the cluster has no kind ${kind} of ${apiVersion}`);
      if (!resources.some(({ name }) => name === `${resource.name}/scale`))
        throw new PrescaleError('notFound', `${kind} of ${apiVersion} has no scale subresource`);
      return resource.name;
    },
    forget: (apiVersion) => void known.delete(apiVersion),
  };
}
