import { MS_PER_SECOND, type Clock } from '../../domain/clock.ts';
import type { StoredLease } from '../../domain/lease.ts';
import { heldForSeconds, type LeaseParams, type ObservedLease } from './next-lease-action.ts';

/** What a candidate has seen of a lease, by its own clock. */
export interface LeaseSight {
  /** Told of each answer of the store, and of what was written. */
  see(stored: StoredLease | undefined): void;
  observed(): ObservedLease;
  /**
   * Who holds the lease, unless it has run out; the candidate itself for as long as nobody else has taken it. While the
   * store did not answer, no lease of another grew older: nobody could have renewed it.
   */
  liveHolder(): string | undefined;
}

export interface LeaseSightDeps {
  readonly clock: Clock;
  readonly identity: string;
  readonly params: LeaseParams;
}

const NEVER_MS = -Infinity;

export function createLeaseSight({ clock, identity, params }: LeaseSightDeps): LeaseSight {
  let observed: ObservedLease = { stored: undefined, seenAtMs: NEVER_MS };
  let lastSeeingMs = NEVER_MS;
  /** The first look after the store had not answered for so long that a holder may have failed to renew. */
  let resumedAtMs = NEVER_MS;
  return {
    see(stored) {
      const nowMs = clock.monotonicMs();
      if (nowMs - lastSeeingMs > params.renewDeadlineSeconds * MS_PER_SECOND) resumedAtMs = nowMs;
      lastSeeingMs = nowMs;
      if (stored?.version === observed.stored?.version && observed.seenAtMs !== NEVER_MS) return;
      const deleted = stored ? undefined : observed.stored?.record;
      observed = { stored, deleted, seenAtMs: nowMs };
    },
    observed: () => observed,
    liveHolder() {
      const holder = (observed.stored?.record ?? observed.deleted)?.holderIdentity;
      const seen = { ...observed, seenAtMs: Math.max(observed.seenAtMs, resumedAtMs) };
      const isLive = holder === identity || heldForSeconds(seen, clock.monotonicMs()) >= 0;
      return isLive ? holder : undefined;
    },
  };
}
