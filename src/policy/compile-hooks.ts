import type { Problem } from '../domain/errors.ts';
import { shown } from '../domain/shown-value.ts';
import { compiledSeconds } from './compiled-seconds.ts';
import type { HookPolicy, Policy } from './policy.ts';
import type { PolicyDocument } from './policy-schema.ts';

type Hooks = NonNullable<PolicyDocument['spec']['hooks']>;

/** Hosts that are names and mean a Service: `name.namespace.svc`, with or without the cluster's domain. */
const SERVICE = /^[a-z0-9-]+\.(?<namespace>[a-z0-9-]+)\.svc(\.cluster\.local)?$/;
const ADDRESS = /^([\d.]+|\[.*\])$/;

export function compileHooks({ before, after }: Hooks): NonNullable<Policy['hooks']> {
  return { ...(before && { before: compileHook(before) }), ...(after && { after: compileHook(after) }) };
}

function compileHook({ url, timeout }: NonNullable<Hooks['before']>): HookPolicy {
  return { url: new URL(url).href, timeoutSeconds: compiledSeconds(timeout) };
}

/**
 * What a URL may not be: who may write policies in a namespace must not be able to make the controller call what they
 * could not call themselves. Without TLS only Services of the policy's own namespace; those of other namespaces, and
 * addresses instead of names, never.
 */
export function hookProblems({ metadata: { namespace }, spec: { hooks = {} } }: PolicyDocument): Problem[] {
  return (['before', 'after'] as const).flatMap((phase) => {
    const allowed = hooks[phase] && refusedBecause(hooks[phase].url, namespace);
    return allowed === undefined
      ? []
      : [{ path: `spec.hooks.${phase}.url`, got: shown(hooks[phase]!.url), allowed }];
  });
}

function refusedBecause(text: string, namespace: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return 'an https URL';
  if (url.username !== '' || url.password !== '') return 'a URL without a user and a password';
  if (ADDRESS.test(url.hostname)) return 'a host by its name, not by an address';
  return isReachable(url, namespace)
    ? undefined
    : `an https URL with a full host name, or a Service of the namespace ${namespace} (http://NAME.${namespace}.svc/…)`;
}

/** A Service of the own namespace, or any other full name with TLS. */
function isReachable({ protocol, hostname }: URL, namespace: string): boolean {
  const service = SERVICE.exec(hostname)?.groups?.['namespace'];
  if (service !== undefined) return service === namespace;
  return protocol === 'https:' && hostname.includes('.');
}
