/**
 * Targets of a large fleet, read from a copy that a watch keeps (client-go's informers) in place of a GET for each of
 * them at each tick. A copy may be old, and is used only where that does no harm: every write carries the version that
 * was judged; a target is never read older than it has been seen or written; a copy without an open watch counts for a
 * few seconds more; and the server is asked to end each watch after 20 to 40 s, so that one that is dead without saying
 * so is found out within 45.
 */
import type { ScaleTarget } from '../actuate/scale-api.ts';
import type { Clock } from '../domain/clock.ts';
import type { ApiClient } from './api-client.ts';
import {
  APPS_API_VERSION,
  APPS_RESOURCES,
  isAppsTarget,
  scaledPart,
  type AppsObject,
} from './apps-object.ts';
import { resourcePath } from './kubernetes-object.ts';
import { createReflector, type Reflector } from './reflector.ts';

export interface TargetCopies {
  /** Who is going to be read: a copy is kept from now on of each kind that many are of, until few are or `stop`. */
  expect(targets: readonly ScaleTarget[], stop: AbortSignal): void;
  /** As of the newest event; undefined: not kept, not sure, or not there: ask the server. */
  newest(target: ScaleTarget): AppsObject | undefined;
  /** The target was at this version: what is older counts no more. */
  seen(target: ScaleTarget, resourceVersion: string | undefined): void;
}

export interface TargetCopiesDeps {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: () => number;
  /** undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly onFault: (message: string) => void;
}

/** All objects of a kind are watched for its targets: with fewer than so many, asking for each costs less. */
const MANY_TARGETS = 100;
/** Below it a copy is kept no longer. */
const FEW_TARGETS = 50;
const UNWATCHED_SECONDS = 5;
const WATCH_SECONDS = 20;
/** Longer than any watch is asked to last. */
const SILENCE_SECONDS = 45;

interface Kept {
  readonly reflector: Reflector;
  end(): void;
}

export function createTargetCopies(deps: TargetCopiesDeps): TargetCopies {
  const kept = new Map<string, Kept>();
  /** The newest version that is known of each target whose copy may be older. */
  const seenAt = new Map<string, number>();

  const keep = (kind: string, stop: AbortSignal): Kept => {
    const over = new AbortController();
    let toldFault = '';
    const reflector = createReflector({
      ...deps,
      path: resourcePath(APPS_API_VERSION, APPS_RESOURCES.get(kind)!, deps.namespace),
      keep: scaledPart,
      watchSeconds: WATCH_SECONDS,
      silenceSeconds: SILENCE_SECONDS,
      onFault(message) {
        if (message !== toldFault) deps.onFault(`${message}: targets are read one by one meanwhile`);
        toldFault = message;
      },
    });
    void reflector.run(AbortSignal.any([over.signal, stop]));
    return { reflector, end: () => over.abort() };
  };

  return {
    expect(targets, stop) {
      for (const kind of APPS_RESOURCES.keys()) {
        const count = targets.filter((one) => one.kind === kind && isAppsTarget(one)).length;
        const known = kept.get(kind);
        if (known === undefined && count >= MANY_TARGETS) kept.set(kind, keep(kind, stop));
        if (known === undefined || count >= FEW_TARGETS) continue;
        known.end();
        kept.delete(kind);
      }
      if (seenAt.size === 0) return;
      const expected = new Set(targets.map(keyOf));
      for (const key of seenAt.keys()) if (!expected.has(key)) seenAt.delete(key);
    },
    newest(target) {
      const reflector = isAppsTarget(target) ? kept.get(target.kind)?.reflector : undefined;
      if (reflector === undefined || reflector.unwatchedSeconds() > UNWATCHED_SECONDS) return undefined;
      const copy = reflector.get(`${target.namespace}/${target.name}`);
      const key = keyOf(target);
      if (copy === undefined || isOlder(copy.metadata.resourceVersion, seenAt.get(key))) return undefined;
      seenAt.delete(key);
      return copy as AppsObject;
    },
    seen(target, resourceVersion) {
      if (!isAppsTarget(target) || !kept.has(target.kind)) return;
      const key = keyOf(target);
      seenAt.set(key, Math.max(Number(resourceVersion), seenAt.get(key) ?? 0));
    },
  };
}

/** Versions of one kind can be compared as numbers (KEP-5504); one that is no number is taken for older. */
function isOlder(resourceVersion: string | undefined, seenAt: number | undefined): boolean {
  return seenAt !== undefined && !(Number(resourceVersion) >= seenAt);
}

function keyOf({ kind, namespace, name }: ScaleTarget): string {
  return `${kind} ${namespace}/${name}`;
}
