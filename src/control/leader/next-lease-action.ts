import type { LeaseRecord, StoredLease } from '../../domain/lease.ts';
import { MS_PER_SECOND } from '../../domain/clock.ts';

export interface LeaseParams {
  /** Others may take over when the record has not changed for this long. */
  readonly leaseSeconds: number;
  /** A leader that could not renew for this long no longer is one; below `leaseSeconds`, the difference is the fence. */
  readonly renewDeadlineSeconds: number;
  /** Pause between two tries. */
  readonly retrySeconds: number;
}

/** The timings of client-go's leader election. */
export const DEFAULT_LEASE_PARAMS: LeaseParams = {
  leaseSeconds: 15,
  renewDeadlineSeconds: 10,
  retrySeconds: 2,
};

/** What a candidate has seen. Only its own clock counts: the times within the record come from another machine. */
export interface ObservedLease {
  /** undefined: no record. */
  readonly stored: StoredLease | undefined;
  /** The record that was there before somebody deleted it: its holder may not know yet, and still write. */
  readonly deleted?: LeaseRecord | undefined;
  /** When this candidate first saw the record as it is (or that it is gone), on its own monotonic clock. */
  readonly seenAtMs: number;
}

export interface Candidate {
  readonly identity: string;
  readonly url?: string | undefined;
  /** Wall clock, for the record. */
  readonly nowMs: number;
  /** The clock that `seenAtMs` is of. */
  readonly monotonicMs: number;
}

export type LeaseAction =
  /** Write this record, on the condition that the one that was seen is still there. */
  | { readonly kind: 'write'; readonly record: LeaseRecord }
  /** Somebody else leads, for all that can be known. */
  | { readonly kind: 'wait' };

/**
 * What a candidate does about the record that it sees (client-go's tryAcquireOrRenew, which does not wait for the
 * holder of a deleted one).
 */
export function nextLeaseAction(
  observed: ObservedLease,
  candidate: Candidate,
  params: LeaseParams,
): LeaseAction {
  const record = observed.stored?.record ?? observed.deleted;
  const isOurs = record?.holderIdentity === candidate.identity;
  if (!isOurs && heldForSeconds(observed, candidate.monotonicMs) >= 0) return { kind: 'wait' };
  return { kind: 'write', record: heldBy(candidate, record, params) };
}

/**
 * Seconds until somebody else may take the lease; below 0: now. The holder's own duration counts: it may have been
 * started with others than ours.
 */
export function heldForSeconds({ stored, deleted, seenAtMs }: ObservedLease, monotonicMs: number): number {
  const record = stored?.record ?? deleted;
  if (!record || record.holderIdentity === '') return -Infinity;
  return record.durationSeconds - (monotonicMs - seenAtMs) / MS_PER_SECOND;
}

function heldBy(
  { identity, url, nowMs }: Candidate,
  before: LeaseRecord | undefined,
  { leaseSeconds }: LeaseParams,
): LeaseRecord {
  const held = {
    holderIdentity: identity,
    holderUrl: url,
    durationSeconds: leaseSeconds,
    renewedAtMs: nowMs,
  };
  if (!before) return { ...held, acquiredAtMs: nowMs, transitions: 0 };
  return before.holderIdentity === identity
    ? { ...held, acquiredAtMs: before.acquiredAtMs, transitions: before.transitions }
    : { ...held, acquiredAtMs: nowMs, transitions: before.transitions + 1 };
}

const FOLLOWER_SPREAD = 0.25;
const JUST_AFTER_SECONDS = 0.05;

/**
 * Seconds until one that does not lead tries again: a retry period, or just after the lease runs out where that comes
 * first, and up to a quarter of a period at random, so that not all try at once. So one leads within a lease duration
 * and two retry periods: a renewal is seen at most 1.25 of them late, and its end at most 0.25. (client-go spreads each
 * try by up to 1.2 periods and keeps its beat, which makes 4.4 of them.)
 * @param uniform a number of [0, 1)
 */
export function followerPauseSeconds(
  observed: ObservedLease,
  monotonicMs: number,
  uniform: number,
  { retrySeconds }: LeaseParams,
): number {
  const leftSeconds = heldForSeconds(observed, monotonicMs);
  const untilTry = leftSeconds > 0 ? Math.min(retrySeconds, leftSeconds + JUST_AFTER_SECONDS) : retrySeconds;
  return untilTry + FOLLOWER_SPREAD * retrySeconds * uniform;
}

/** The record of a lease that was given back: the next candidate need not wait. */
export function releasedRecord(record: LeaseRecord, nowMs: number): LeaseRecord {
  return {
    ...record,
    holderIdentity: '',
    holderUrl: undefined,
    durationSeconds: 1,
    acquiredAtMs: nowMs,
    renewedAtMs: nowMs,
  };
}
