import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DEFAULT_LEASE_PARAMS,
  nextLeaseAction,
  releasedRecord,
  type ObservedLease,
} from '../../../../src/control/leader/next-lease-action.ts';
import type { LeaseRecord } from '../../../../src/domain/lease.ts';

const NOON = Date.UTC(2026, 10, 25, 12);
const HELD: LeaseRecord = {
  holderIdentity: 'other',
  durationSeconds: 15,
  acquiredAtMs: NOON - 60_000,
  renewedAtMs: NOON - 1000,
  transitions: 4,
};
const seen = (record: LeaseRecord, secondsAgo: number): ObservedLease => ({
  stored: { record, version: '7' },
  seenAtMs: 1_000_000 - secondsAgo * 1000,
});
const me = { identity: 'me', nowMs: NOON, monotonicMs: 1_000_000 };
const decide = (observed: ObservedLease, candidate = me) =>
  nextLeaseAction(observed, candidate, DEFAULT_LEASE_PARAMS);

describe('what a candidate does', () => {
  test('without a record: it makes the first one', () => {
    expect(decide({ stored: undefined, seenAtMs: 0 })).toEqual({
      kind: 'write',
      record: {
        holderIdentity: 'me',
        durationSeconds: 15,
        acquiredAtMs: NOON,
        renewedAtMs: NOON,
        transitions: 0,
      },
    });
  });

  test('when the record of another is deleted: it waits for as long as that one may still write', () => {
    const deleted = (secondsAgo: number): ObservedLease => ({
      stored: undefined,
      deleted: HELD,
      seenAtMs: 1_000_000 - secondsAgo * 1000,
    });
    expect(decide(deleted(15))).toEqual({ kind: 'wait' });
    expect(decide(deleted(15.001))).toMatchObject({ kind: 'write', record: { transitions: 5 } });
    expect(decide(deleted(0), { ...me, identity: 'other' })).toMatchObject({
      kind: 'write',
      record: { holderIdentity: 'other', transitions: 4 },
    });
  });

  test('while another renews: it waits', () => {
    expect(decide(seen(HELD, 0))).toEqual({ kind: 'wait' });
    expect(decide(seen(HELD, 15))).toEqual({ kind: 'wait' });
  });

  test('when the record has not changed for longer than its duration: it takes over', () => {
    expect(decide(seen(HELD, 15.001))).toMatchObject({
      kind: 'write',
      record: { holderIdentity: 'me', acquiredAtMs: NOON, transitions: 5 },
    });
  });

  test("the holder's duration counts, not its own", () => {
    expect(decide(seen({ ...HELD, durationSeconds: 60 }, 59))).toEqual({ kind: 'wait' });
    expect(decide(seen({ ...HELD, durationSeconds: 2 }, 3))).toMatchObject({ kind: 'write' });
  });

  test('its own record is renewed: taken when it was taken, no transition', () => {
    expect(decide(seen({ ...HELD, holderIdentity: 'me' }, 0))).toMatchObject({
      kind: 'write',
      record: { holderIdentity: 'me', acquiredAtMs: HELD.acquiredAtMs, renewedAtMs: NOON, transitions: 4 },
    });
  });

  test('a lease that was given back is taken at once', () => {
    expect(decide(seen(releasedRecord(HELD, NOON), 0))).toMatchObject({
      kind: 'write',
      record: { holderIdentity: 'me', transitions: 5 },
    });
  });

  test('times within the record, from a clock that may be years off, change nothing', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.double({ min: 0, max: 40 }), (a, b, secondsAgo) => {
        const skewed = { ...HELD, renewedAtMs: a, acquiredAtMs: b };
        expect(decide(seen(skewed, secondsAgo)).kind).toBe(decide(seen(HELD, secondsAgo)).kind);
      }),
    );
  });
});
