import { MS_PER_SECOND, type Clock } from '../../domain/clock.ts';
import type { Leadership, LeaseStore, StoredLease } from '../../domain/lease.ts';
import { startDeadline } from '../deadline.ts';
import {
  followerPauseSeconds,
  nextLeaseAction,
  releasedRecord,
  type LeaseParams,
  type ObservedLease,
} from './next-lease-action.ts';

export interface LeaderElectorDeps {
  readonly store: LeaseStore;
  readonly clock: Clock;
  /** A number of [0, 1): candidates must not try in step. */
  readonly random: () => number;
  /** Unlike that of any other candidate, and of any former life of this one. */
  readonly identity: string;
  /** Where others reach this candidate's API, for the record. */
  readonly url?: string | undefined;
  readonly params: LeaseParams;
  /** Each time that leadership is gained or found to be lost. */
  readonly onChange: (isLeader: boolean) => void;
  readonly onFault: (message: string) => void;
  /**
   * Why this candidate had better not lead, in one sentence; undefined: nothing speaks against it. One that leads stops
   * writing at once and lets its lease run out, as what it has sent may still be on its way.
   */
  readonly unfitBecause?: () => string | undefined;
}

export interface LeaderElector extends Leadership {
  /** Who leads, as far as was seen; undefined: nobody, or not seen yet. */
  leader(): string | undefined;
  /** Where the leader's API answers, where it tells; as old as what was seen last. */
  leaderUrl(): string | undefined;
  /**
   * Takes and keeps the lease until the signal is aborted; then gives it back, so that the next candidate need not
   * wait. Whoever aborts must have ended its writing before. Never rejects.
   */
  run(signal: AbortSignal): Promise<void>;
}

const NOT_LEADING = -Infinity;

/**
 * The thin shell around `nextLeaseAction`. Leadership ends by itself: it is counted from the moment before the renewing
 * write was sent, so that it ends at the latest `leaseSeconds - renewDeadlineSeconds` before anybody else may start.
 */
export function createLeaderElector(deps: LeaderElectorDeps): LeaderElector {
  const { store, clock, identity, params, onFault } = deps;
  let observed: ObservedLease = { stored: undefined, seenAtMs: NOT_LEADING };
  let leadsUntilMs = NOT_LEADING;
  let told = false;
  const isUnfit = unfitness(deps);

  const isLeader = (): boolean => clock.monotonicMs() < leadsUntilMs && !isUnfit();

  const standBack = (): void => {
    leadsUntilMs = NOT_LEADING;
  };

  const tell = (): void => {
    if (told === isLeader()) return;
    told = !told;
    deps.onChange(told);
  };

  const see = (stored: StoredLease | undefined): void => {
    if (stored?.version === observed.stored?.version && observed.seenAtMs !== NOT_LEADING) return;
    const deleted = stored ? undefined : observed.stored?.record;
    observed = { stored, deleted, seenAtMs: clock.monotonicMs() };
  };

  const attempt = async (signal: AbortSignal): Promise<void> => {
    see(await store.read(signal));
    if (isUnfit()) return standBack();
    const beganMs = clock.monotonicMs();
    const action = nextLeaseAction(
      observed,
      { identity, url: deps.url, nowMs: clock.nowMs(), monotonicMs: beganMs },
      params,
    );
    if (action.kind === 'wait') return standBack();
    const written = await store.write(action.record, observed.stored?.version, signal);
    if (written.kind === 'lost') return;
    see({ record: action.record, version: written.version });
    leadsUntilMs = beganMs + params.renewDeadlineSeconds * MS_PER_SECOND;
  };

  /** A store that hangs must not hold up the next try for longer than a renewal may take. */
  const attemptInTime = async (parent: AbortSignal): Promise<void> => {
    const deadline = startDeadline(params.renewDeadlineSeconds / 2, parent);
    try {
      await attempt(deadline.signal);
    } catch (error) {
      if (!parent.aborted) onFault((error as Error).message);
    } finally {
      deadline.clear();
    }
  };

  const release = async (): Promise<void> => {
    const { stored } = observed;
    const held = isLeader() && stored?.record.holderIdentity === identity;
    leadsUntilMs = NOT_LEADING;
    tell();
    if (!held) return;
    const deadline = startDeadline(params.renewDeadlineSeconds / 2, new AbortController().signal);
    try {
      await store.write(releasedRecord(stored.record, clock.nowMs()), stored.version, deadline.signal);
    } catch (error) {
      onFault(`the lease could not be given back: ${(error as Error).message}`);
    } finally {
      deadline.clear();
    }
  };

  return {
    isLeader,
    leaderUrl: () => observed.stored?.record.holderUrl,
    leader: () => observed.stored?.record.holderIdentity || undefined,
    async run(signal) {
      while (!signal.aborted) {
        await attemptInTime(signal);
        tell();
        const pauseSeconds = isLeader()
          ? params.retrySeconds
          : followerPauseSeconds(observed, clock.monotonicMs(), deps.random(), params);
        await clock.sleep(pauseSeconds, signal);
        tell();
      }
      await release();
    },
  };
}

/** Asks, and tells once each time that it begins. */
function unfitness({ unfitBecause, onFault }: LeaderElectorDeps): () => boolean {
  let told = false;
  return () => {
    const because = unfitBecause?.();
    if (because !== undefined && !told) onFault(because);
    told = because !== undefined;
    return told;
  };
}
