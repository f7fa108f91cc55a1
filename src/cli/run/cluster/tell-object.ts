import type { ApiClient } from '../../../cluster/api-client.ts';
import { readSameSpec, writeStatus, type StatusWrite } from '../../../cluster/autoscaler-status.ts';
import type { EventRecorder, EventToRecord } from '../../../cluster/event-recorder.ts';
import { objectKey, type KubernetesObject } from '../../../cluster/kubernetes-object.ts';
import type { StoredDecision } from '../../../control/decision-store.ts';
import { workloadKey } from '../../../domain/workload.ts';
import { eventMessage, eventOf } from '../../../explain/event.ts';
import {
  statusOf,
  statusOfUndecided,
  type Finding,
  type PreviousStatus,
  type StartsOfTarget,
} from '../../../explain/status-of.ts';
import type { StatusPace } from './status-pace.ts';

/** What a tick has to say about one object. */
export interface ObjectNews {
  readonly object: KubernetesObject;
  readonly stored: StoredDecision | undefined;
  readonly finding: Finding | undefined;
  readonly starts: StartsOfTarget | undefined;
}

export interface TellDeps {
  readonly client: ApiClient;
  readonly events: EventRecorder;
  readonly pace: StatusPace;
  readonly onFault: (message: string) => void;
}

/** Writes the object's status where that is due, and an event for an applied change and each new reason. Never throws. */
export async function tellObject(
  deps: TellDeps,
  news: ObjectNews,
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { object } = news;
  const previous = (object.status ?? {}) as PreviousStatus;
  const status = newStatus(news, previous, nowMs);
  if (status === undefined || signal.aborted) return;
  await writeWhereDue(deps, { ...news, status }, nowMs, signal);
  for (const event of newEvents(news, previous.reason !== status.reason))
    await deps.events.record(object, event, signal);
}

/** What somebody has to be told about is told whatever else is. */
async function writeWhereDue(
  deps: TellDeps,
  { status, ...news }: ObjectNews & { readonly status: object },
  nowMs: number,
  signal: AbortSignal,
): Promise<void> {
  const { object, finding } = news;
  const key = objectKey(object);
  if (!finding && !deps.pace.isDue(key, object.status ?? {}, status, nowMs)) return;
  let written = await writeStatus(deps.client, object, status, signal);
  if (written.kind === 'gone') written = await tellOfNewest(deps, news, nowMs, signal);
  if (written.kind === 'failed') deps.onFault(`status of ${key}: ${written.message}`);
  if (written.kind === 'written') deps.pace.wrote(key, nowMs);
}

/**
 * Our copy of the object was old: what is told is told of the one that the server has, else an applied change would be
 * told of by nobody. Where its spec is another by now, the next tick speaks.
 */
async function tellOfNewest(
  { client }: TellDeps,
  news: ObjectNews,
  nowMs: number,
  signal: AbortSignal,
): Promise<StatusWrite> {
  const object = await readSameSpec(client, news.object, signal);
  const status = object && newStatus({ ...news, object }, object.status ?? {}, nowMs);
  return status ? writeStatus(client, object, status, signal) : { kind: 'gone' };
}

function newStatus({ object, stored, finding, starts }: ObjectNews, previous: PreviousStatus, nowMs: number) {
  const generation = object.metadata.generation ?? 0;
  if (stored) return statusOf({ ...stored, generation, previous, finding, starts });
  return finding && statusOfUndecided({ finding, generation, previous, nowMs });
}

function newEvents({ stored, finding }: ObjectNews, isNewReason: boolean): readonly EventToRecord[] {
  const found: EventToRecord[] = finding
    ? [{ type: 'Warning', reason: finding.reason, message: eventMessage(finding.message) }]
    : [];
  const decided = stored ? [eventOf(stored.decision, stored.actuation)] : [];
  if (stored?.actuation.result === 'applied') return isNewReason ? [...found, ...decided] : decided;
  if (!isNewReason) return [];
  return found.length > 0 ? found : decided;
}

/** What else is known of an object, by whoever looks at the cluster. */
export interface KnownOf {
  readonly finding: (object: KubernetesObject) => Finding | undefined;
  readonly starts: (object: KubernetesObject) => StartsOfTarget | undefined;
}

/** The news of a tick by object: those it decided for, and those it could not. */
export function newsOf(
  objects: readonly KubernetesObject[],
  batch: readonly StoredDecision[],
  known: KnownOf,
): readonly ObjectNews[] {
  const decided = new Map(batch.map((stored) => [workloadKey(stored.decision.workload), stored]));
  return objects
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map((object) => ({
      object,
      stored: decided.get(objectKey(object)),
      finding: known.finding(object),
      starts: known.starts(object),
    }));
}
