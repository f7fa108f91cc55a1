/**
 * Which pods tell how long a start takes. Looked at from time to time, a pod is counted once: when it is first seen ready.
 *
 * Not counted: a pod that was disturbed (its image could not be had, a container failed), that waited for a node for
 * longer than one takes to be added (the cluster was full), that took longer than half an hour (it has been ready before
 * and is so again), or that was ready before this began to look for new ones.
 */
import type { SeenPod, StartupRecord } from '../domain/startup-time.ts';
import { MOST_STARTS } from './learn-startup.ts';

export interface StartProgress {
  /** undefined: nothing has been counted yet. */
  readonly record: StartupRecord | undefined;
  /** Pods created before it have been seen; with those created at it by name, since creation is known to the second. */
  readonly seenToMs: number;
  readonly seenAtEdge: ReadonlySet<string>;
  /** Pods that were not ready when last looked at, with whether they were disturbed. */
  readonly starting: ReadonlyMap<string, boolean>;
}

/** A node that is added on demand is there by then, and is part of the start. */
const LONGEST_NODE_WAIT_MS = 5 * 60_000;
const LONGEST_START_MS = 30 * 60_000;
/** A pod is made within moments of being asked for; one that comes later was asked for by something else. */
const LONGEST_MAKING_MS = 60_000;
const MOST_STARTING = 1000;

/** @param record what an earlier life has counted: of the pods until then none counts again */
export function startProgress(record?: StartupRecord): StartProgress {
  const seenToMs = record === undefined ? -Infinity : record.newestPodAtMs + 1;
  return { record, seenToMs, seenAtEdge: new Set(), starting: new Map() };
}

/**
 * The progress after a look.
 * @param askedAtMs when more replicas were asked for, oldest first, by the API server's clock: a pod's start begins with
 * the newest that may have caused it, else with its own creation
 */
export function countStarts(
  before: StartProgress,
  pods: readonly SeenPod[],
  askedAtMs: readonly number[],
): StartProgress {
  const watched = pods.filter((pod) => before.starting.has(pod.uid) || isNew(before, pod));
  const disturbed = (pod: SeenPod): boolean => isDisturbed(pod) || before.starting.get(pod.uid) === true;
  const ready = watched.filter((pod) => pod.readyAtMs !== null);
  const counted = ready
    .filter((pod) => !disturbed(pod))
    .toSorted((a, b) => a.readyAtMs! - b.readyAtMs!)
    .map((pod) => pod.readyAtMs! - beganAtMs(pod, askedAtMs))
    .filter((tookMs) => tookMs >= 0 && tookMs <= LONGEST_START_MS);
  const starting = watched.filter((pod) => pod.readyAtMs === null).slice(-MOST_STARTING);
  return {
    record: recordWith(before.record, counted, ready),
    ...edgeOf(before, pods),
    starting: new Map(starting.map((pod) => [pod.uid, disturbed(pod)])),
  };
}

function isNew({ seenToMs, seenAtEdge }: StartProgress, { uid, createdAtMs }: SeenPod): boolean {
  return createdAtMs > seenToMs || (createdAtMs === seenToMs && !seenAtEdge.has(uid));
}

function isDisturbed({ isDisturbed, createdAtMs, scheduledAtMs }: SeenPod): boolean {
  return isDisturbed || (scheduledAtMs ?? createdAtMs) - createdAtMs > LONGEST_NODE_WAIT_MS;
}

function beganAtMs({ createdAtMs }: SeenPod, askedAtMs: readonly number[]): number {
  const asked = askedAtMs.findLast((atMs) => atMs <= createdAtMs);
  return asked !== undefined && createdAtMs - asked <= LONGEST_MAKING_MS ? asked : createdAtMs;
}

function recordWith(
  before: StartupRecord | undefined,
  countedMs: readonly number[],
  ready: readonly SeenPod[],
): StartupRecord | undefined {
  if (ready.length === 0) return before;
  const recentSeconds = [...(before?.recentSeconds ?? []), ...countedMs.map((tookMs) => tookMs / 1000)];
  const newest = Math.max(...ready.map(({ createdAtMs }) => createdAtMs));
  return {
    recentSeconds: recentSeconds.slice(-MOST_STARTS),
    newestPodAtMs: Math.max(before?.newestPodAtMs ?? -Infinity, newest),
  };
}

function edgeOf(
  before: StartProgress,
  pods: readonly SeenPod[],
): Pick<StartProgress, 'seenToMs' | 'seenAtEdge'> {
  const seenToMs = Math.max(before.seenToMs, ...pods.map(({ createdAtMs }) => createdAtMs));
  const atEdge = pods.filter(({ createdAtMs }) => createdAtMs === seenToMs).map(({ uid }) => uid);
  const known = seenToMs === before.seenToMs ? before.seenAtEdge : [];
  return { seenToMs, seenAtEdge: new Set([...known, ...atEdge]) };
}
