/**
 * Keeps a copy of a collection (client-go's word): lists it, then watches it from there, and goes on where it stopped
 * when a watch ends. What is behind a broken or silent connection is found out by silence: a server sends a bookmark
 * about every minute even where nothing changes.
 */
import { MS_PER_SECOND, type Clock } from '../domain/clock.ts';
import type { ApiClient } from './api-client.ts';
import { answerText, type ApiAnswer } from './api-answer.ts';
import type { KubernetesObject } from './kubernetes-object.ts';
import { listObjects, selectorQuery, type Collection } from './list-objects.ts';
import { createObjectCopy, type KeptOf } from './object-copy.ts';
import { backoffSeconds } from './retry-pause.ts';
import { createRoundPace } from './round-pace.ts';
import { watchEvents, type WatchEvent } from './watch-events.ts';

export interface ReflectorDeps extends Collection {
  readonly client: ApiClient;
  readonly clock: Clock;
  readonly random: () => number;
  /** What is kept of each object, its namespace and name at the least; all but its managed fields unless given. */
  readonly keep?: KeptOf;
  /** After each change of the copy; the whole of it is in `items`. */
  readonly onChange?: () => void;
  /** Every fault that it mends by itself, for the log. */
  readonly onFault: (message: string) => void;
  /** A watch without a byte for this long is dead; 90 s unless given. */
  readonly silenceSeconds?: number;
  /** The server is asked to end a watch after this long (to the double of it, at random); 300 s unless given. */
  readonly watchSeconds?: number;
}

export interface Reflector {
  /** The objects as of the newest event, by `namespace/name`; empty until `hasSynced`. */
  items(): readonly KubernetesObject[];
  get(key: string): KubernetesObject | undefined;
  hasSynced(): boolean;
  /** Seconds without an open watch: 0 while one is open, Infinity before the first. What has changed since is not known. */
  unwatchedSeconds(): number;
  /** The server has no such kind: the copy is empty, and it is asked again every few seconds. */
  isMissing(): boolean;
  /** How often it listed everything, and how often it opened a watch. */
  counts(): { readonly lists: number; readonly watches: number };
  /** Runs until the signal is aborted. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

const SILENCE_SECONDS = 90;
const WATCH_SECONDS = 300;

/** Why a watch ended: `expired` needs a new list, the others go on from the last event. */
type WatchEnd =
  | { readonly kind: 'closed' }
  | { readonly kind: 'expired' }
  /** The server has no such kind (any more): there are no objects of it. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'fault'; readonly message: string };

export function createReflector(deps: ReflectorDeps): Reflector {
  const { client, clock, random, path, fieldSelector, onChange, onFault } = deps;
  const copy = createObjectCopy(deps.keep);
  /** undefined: everything has to be listed (again). */
  let resourceVersion: string | undefined;
  let synced = false;
  let missing = false;
  /** Infinity while a watch is open. */
  let watchedUntilMs = -Infinity;
  const counted = { lists: 0, watches: 0, events: 0 };

  const list = async (signal: AbortSignal): Promise<void> => {
    counted.lists += 1;
    const listed = await listObjects(client, { path, fieldSelector }, signal);
    copy.replaceAll(listed?.items ?? []);
    resourceVersion = listed?.resourceVersion;
    synced = true;
    missing = listed === undefined;
    onChange?.();
  };

  const apply = ({ type, object }: WatchEvent): void => {
    counted.events += 1;
    resourceVersion = object.metadata.resourceVersion ?? resourceVersion;
    if (type === 'BOOKMARK') return;
    if (type === 'DELETED') copy.remove(object);
    else copy.put(object);
    onChange?.();
  };

  const watch = async (signal: AbortSignal): Promise<WatchEnd> => {
    counted.watches += 1;
    const seconds = Math.round((deps.watchSeconds ?? WATCH_SECONDS) * (1 + random()));
    const query = { ...watchQuery(resourceVersion!, seconds), ...selectorQuery(fieldSelector) };
    const silenceSeconds = deps.silenceSeconds ?? SILENCE_SECONDS;
    const stream = await client.stream({ path, query, silenceSeconds }, signal);
    if (stream.kind !== 'open') return endOfUnopened(stream);
    watchedUntilMs = Infinity;
    try {
      for await (const event of watchEvents(stream.body)) {
        if (event.type === 'ERROR') return endOf(event);
        apply(event);
      }
      return { kind: 'closed' };
    } catch (error) {
      return { kind: 'fault', message: (error as Error).message };
    } finally {
      watchedUntilMs = clock.monotonicMs();
      stream.close();
    }
  };

  const round = async (signal: AbortSignal): Promise<WatchEnd> => {
    try {
      if (resourceVersion === undefined) await list(signal);
      return resourceVersion === undefined ? { kind: 'missing' } : await watch(signal);
    } catch (error) {
      return { kind: 'fault', message: (error as Error).message };
    }
  };

  return {
    items: () => copy.items(),
    get: (key) => copy.get(key),
    hasSynced: () => synced,
    unwatchedSeconds: () => Math.max(0, (clock.monotonicMs() - watchedUntilMs) / MS_PER_SECOND),
    isMissing: () => missing,
    counts: () => ({ lists: counted.lists, watches: counted.watches }),
    async run(signal) {
      const pace = createRoundPace();
      while (!signal.aborted) {
        const began = { atMs: clock.monotonicMs(), events: counted.events };
        const end = await round(signal);
        if (signal.aborted) return;
        if (end.kind === 'fault') onFault(`watch ${path}: ${end.message}`);
        const { failures, relists } = pace.after({
          isFault: end.kind === 'fault',
          tookSeconds: (clock.monotonicMs() - began.atMs) / MS_PER_SECOND,
          events: counted.events - began.events,
        });
        if (relists || end.kind === 'expired') resourceVersion = undefined;
        if (failures > 0) await clock.sleep(backoffSeconds(failures, random()), signal);
      }
    },
  };
}

function watchQuery(resourceVersion: string, seconds: number): Record<string, string> {
  return { watch: 'true', allowWatchBookmarks: 'true', resourceVersion, timeoutSeconds: String(seconds) };
}

function endOfUnopened(answer: Exclude<ApiAnswer, { kind: 'ok' }>): WatchEnd {
  return answer.kind === 'refused' && answer.status === 410
    ? { kind: 'expired' }
    : { kind: 'fault', message: answerText(answer) };
}

function endOf({ object }: WatchEvent): WatchEnd {
  return object.code === 410
    ? { kind: 'expired' }
    : { kind: 'fault', message: object.message ?? 'error event' };
}
