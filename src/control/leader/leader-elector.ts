import { MS_PER_SECOND, type Clock } from '../../domain/clock.ts';
import type { Leadership, LeaseStore } from '../../domain/lease.ts';
import { startDeadline } from '../deadline.ts';
import { createLeaseSight } from './lease-sight.ts';
import {
  followerPauseSeconds,
  nextLeaseAction,
  releasedRecord,
  type LeaseParams,
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
  /** Where there are several leases to be shared out; absent: one that is to be had is taken and kept. */
  readonly sharing?: LeaseSharing;
}

export interface LeaseSharing {
  /** Whether this candidate should hold the lease, asked at each try. One that holds it and should not gives it back. */
  readonly isWanted: () => boolean;
  /** Whether nothing that was sent as its holder is under way: only then it is given back. */
  readonly isQuiet: () => boolean;
  /** Others hold it under the same identity: what they renew is renewed, and at the end it is left to them. */
  readonly isJoint?: true;
}

export interface LeaderElector extends Leadership {
  isLeader(): boolean;
  /** Who leads, as far as was seen; undefined: nobody, or not seen yet. */
  leader(): string | undefined;
  /** As `LeaseSight.liveHolder`. */
  liveLeader(): string | undefined;
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
  const { store, clock, identity, params } = deps;
  const sight = createLeaseSight(deps);
  let leadsUntilMs = NOT_LEADING;
  let told = false;
  const isUnfit = unfitness(deps);
  const inTime = timed(deps);

  const isLeader = (): boolean => clock.monotonicMs() < leadsUntilMs && !isUnfit();

  const standBack = (): void => {
    leadsUntilMs = NOT_LEADING;
  };

  const tell = (): void => {
    if (told === isLeader()) return;
    told = !told;
    deps.onChange(told);
  };

  const attempt = async (signal: AbortSignal): Promise<void> => {
    const askedMs = clock.monotonicMs();
    sight.see(await store.read(signal));
    if (isUnfit()) return standBack();
    if (deps.sharing?.isWanted() === false) return handOver(signal);
    const beganMs = clock.monotonicMs();
    const action = nextLeaseAction(
      sight.observed(),
      { identity, url: deps.url, nowMs: clock.nowMs(), monotonicMs: beganMs },
      params,
    );
    if (action.kind === 'wait') return standBack();
    const written = await store.write(action.record, sight.observed().stored?.version, signal);
    if (written.kind === 'lost') return deps.sharing?.isJoint && renewedByAnother(askedMs, signal);
    sight.see({ record: action.record, version: written.version });
    leadsUntilMs = beganMs + params.renewDeadlineSeconds * MS_PER_SECOND;
  };

  /** Since `askedMs` somebody has written the record; one who has our identity has done it for us. */
  const renewedByAnother = async (askedMs: number, signal: AbortSignal): Promise<void> => {
    sight.see(await store.read(signal));
    const isOurs = sight.observed().stored?.record.holderIdentity === identity;
    if (isOurs) leadsUntilMs = askedMs + params.renewDeadlineSeconds * MS_PER_SECOND;
  };

  /** Stops writing at once; what it still holds is given back as soon as nothing is under way. */
  const handOver = async (signal: AbortSignal): Promise<void> => {
    standBack();
    const { stored } = sight.observed();
    if (stored?.record.holderIdentity !== identity || deps.sharing?.isQuiet() === false) return;
    const record = releasedRecord(stored.record, clock.nowMs());
    const written = await store.write(record, stored.version, signal);
    if (written.kind === 'written') sight.see({ record, version: written.version });
  };

  const release = async (): Promise<void> => {
    const { stored } = sight.observed();
    const held = !deps.sharing?.isJoint && isLeader() && stored?.record.holderIdentity === identity;
    standBack();
    tell();
    if (!held) return;
    const record = releasedRecord(stored.record, clock.nowMs());
    const write = (signal: AbortSignal) => store.write(record, stored.version, signal);
    await inTime(write, new AbortController().signal, 'the lease could not be given back: ');
  };

  return {
    isLeader,
    leaderUrl: () => sight.observed().stored?.record.holderUrl,
    leader: () => sight.observed().stored?.record.holderIdentity || undefined,
    liveLeader: () => sight.liveHolder(),
    async run(signal) {
      while (!signal.aborted) {
        await inTime(attempt, signal);
        tell();
        const pauseSeconds = isLeader()
          ? params.retrySeconds
          : followerPauseSeconds(sight.observed(), clock.monotonicMs(), deps.random(), params);
        await clock.sleep(pauseSeconds, signal);
        tell();
      }
      await release();
    },
  };
}

/** A store that hangs must not hold up the next try for longer than a renewal may take. */
function timed({ params, onFault }: LeaderElectorDeps) {
  return async (work: (signal: AbortSignal) => Promise<unknown>, parent: AbortSignal, what = '') => {
    const deadline = startDeadline(params.renewDeadlineSeconds / 2, parent);
    try {
      await work(deadline.signal);
    } catch (error) {
      if (!parent.aborted) onFault(`${what}${(error as Error).message}`);
    } finally {
      deadline.clear();
    }
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
