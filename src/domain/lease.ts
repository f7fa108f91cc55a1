/**
 * The words of leader election: one record in the cluster says who leads. Whoever holds it renews it; the others take
 * it when it has not changed for its whole duration by their own clock.
 */
import type { WorkloadRef } from './workload.ts';

/** What a `coordination.k8s.io` Lease says. */
export interface LeaseRecord {
  /** Empty where the last holder gave the lease back. */
  readonly holderIdentity: string;
  readonly durationSeconds: number;
  /** Where others reach the holder's API; absent where it is for nobody else. */
  readonly holderUrl?: string | undefined;
  /** When the holder took it, by the holder's clock: shown to people, never judged by. */
  readonly acquiredAtMs: number;
  readonly renewedAtMs: number;
  /** How many times the lease went from one holder to another. */
  readonly transitions: number;
}

/** A record as it was read, with the version that a write must still find. */
export interface StoredLease {
  readonly record: LeaseRecord;
  readonly version: string;
}

/** `lost`: somebody else wrote in between, and nothing was changed. */
export type LeaseWrite = { readonly kind: 'written'; readonly version: string } | { readonly kind: 'lost' };

/** Where the record is kept. Each call throws when the store does not answer in time. */
export interface LeaseStore {
  /** undefined: there is no record yet. */
  read(signal: AbortSignal): Promise<StoredLease | undefined>;
  /** Writes only if the record is still at `version`; undefined: only if there is none. */
  write(record: LeaseRecord, version: string | undefined, signal: AbortSignal): Promise<LeaseWrite>;
}

/** Asked again just before each write. */
export interface Leadership {
  /** Whether this replica may write for the workload: false from the moment on at which another may have taken over. */
  isLeader(workload: WorkloadRef): boolean;
}
