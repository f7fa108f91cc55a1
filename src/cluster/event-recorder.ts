import { createHash } from 'node:crypto';
import type { Clock } from '../domain/clock.ts';
import { isoFromMs } from '../domain/clock.ts';
import type { ApiClient } from './api-client.ts';
import { answerText, type ApiAnswer } from './api-answer.ts';
import { resourcePath, type KubernetesObject } from './kubernetes-object.ts';

export interface EventToRecord {
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  /** At most 1024 bytes. */
  readonly message: string;
}

export interface EventRecorder {
  /** Never throws: an event that is lost is a line in the log, and nothing else waits for it. */
  record(about: KubernetesObject, event: EventToRecord, signal: AbortSignal): Promise<void>;
}

export interface EventRecorderDeps {
  readonly client: ApiClient;
  readonly clock: Clock;
  /** The name of this replica of the controller. */
  readonly instance: string;
  readonly onFault: (message: string) => void;
}

/**
 * Events as `kubectl describe` shows them. The same words about the same object within the hour are one event that is
 * counted up, also across a restart or a change of leader: its name is made from what it says.
 */
export function createEventRecorder({ client, clock, instance, onFault }: EventRecorderDeps): EventRecorder {
  return {
    async record(about, event, signal) {
      const namespace = about.metadata.namespace ?? 'default';
      const collection = resourcePath('v1', 'events', namespace);
      const name = eventName(about, event, clock.nowMs());
      const now = isoFromMs(Math.floor(clock.nowMs() / 1000) * 1000);
      const body = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: referenceTo(about),
        ...event,
        source: { component: 'prescale', host: instance },
        reportingComponent: 'prescale',
        reportingInstance: instance,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      };
      const made = await client.call({ method: 'POST', path: collection, body }, signal);
      const answer = isThere(made) ? await countUp(client, `${collection}/${name}`, now, signal) : made;
      if (answer.kind !== 'ok') onFault(`event ${event.reason}: ${answerText(answer)}`);
    },
  };
}

async function countUp(
  client: ApiClient,
  path: string,
  now: string,
  signal: AbortSignal,
): Promise<ApiAnswer> {
  const read = await client.call({ method: 'GET', path }, signal);
  if (read.kind !== 'ok') return read;
  const { count = 1 } = read.body as { readonly count?: number };
  const body = { count: count + 1, lastTimestamp: now };
  return client.call({ method: 'PATCH', path, contentType: 'mergePatch', body }, signal);
}

function isThere(answer: ApiAnswer): boolean {
  return answer.kind === 'refused' && answer.status === 409;
}

function referenceTo({ apiVersion, kind, metadata }: KubernetesObject): Record<string, string | undefined> {
  const { namespace, name, uid, resourceVersion } = metadata;
  return { apiVersion, kind, namespace, name, uid, resourceVersion };
}

const HOUR_MS = 3_600_000;

/** `checkout.3f2a…`: the object's name and a digest of whom it is about, what it says and in which hour. */
function eventName({ metadata }: KubernetesObject, event: EventToRecord, nowMs: number): string {
  const said = [metadata.uid, event.type, event.reason, event.message, Math.floor(nowMs / HOUR_MS)];
  const digest = createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);
  return `${metadata.name.slice(0, 230)}.${digest}`;
}
