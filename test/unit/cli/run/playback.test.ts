import { expect, test } from 'vitest';
import { planPlayback, type PlaybackRequest } from '../../../../src/cli/run/playback.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEAR_2025 = Date.UTC(2025, 0, 1);

/** One-minute slots known 30 s after their end. */
function recording(startAtMs: number, endAtMs: number): PlaybackRequest {
  return { name: 'w', span: { startAtMs, endAtMs }, delaySeconds: 30, stepSeconds: 60 };
}

test('plays all of a recording: from its first known slot until its last is known', () => {
  const plan = planPlayback([recording(0, DAY)], {});
  expect(plan).toMatchObject({ firstAtMs: 90_000, lastAtMs: DAY + 30_000, isSideBySide: false });
});

test('a start before the end counts from the end of the recording', () => {
  const plan = planPlayback([recording(0, 15 * DAY)], { from: { kind: 'beforeEnd', seconds: 2 * 86_400 } });
  expect(plan.firstAtMs).toBe(13 * DAY);
});

test('instants bound the play, never beyond what is recorded', () => {
  const bounds = (from: number, to: number) => ({
    from: { kind: 'instant', atMs: from } as const,
    to: { kind: 'instant', atMs: to } as const,
  });
  expect(planPlayback([recording(0, DAY)], bounds(5 * HOUR, 7 * HOUR))).toMatchObject({
    firstAtMs: 5 * HOUR,
    lastAtMs: 7 * HOUR,
  });
  expect(planPlayback([recording(0, DAY)], bounds(-DAY, 9 * DAY))).toMatchObject({
    firstAtMs: 90_000,
    lastAtMs: DAY + 30_000,
  });
});

test('recordings that share a stretch of time are one fleet in that time, each while it has data', () => {
  const plan = planPlayback([recording(0, 2 * DAY), recording(DAY, 3 * DAY)], {
    from: { kind: 'beforeEnd', seconds: 2.5 * 86_400 },
  });
  expect(plan.isSideBySide).toBe(false);
  expect(plan.firstAtMs).toBe(DAY / 2);
  expect(plan.parts).toEqual([
    { firstAtMs: DAY / 2, lastAtMs: 2 * DAY + 30_000, offsetMs: 0 },
    { firstAtMs: DAY + 90_000, lastAtMs: 3 * DAY + 30_000, offsetMs: 0 },
  ]);
});

test('recordings of different times play side by side, each in its own time and from its own end', () => {
  const plan = planPlayback([recording(0, DAY), recording(YEAR_2025, YEAR_2025 + 3 * DAY)], {
    from: { kind: 'beforeEnd', seconds: 3600 },
  });
  expect(plan.isSideBySide).toBe(true);
  expect(plan.parts[1].firstAtMs).toBe(YEAR_2025 + 3 * DAY - HOUR);
  const starts = plan.parts.map((part) => part.firstAtMs - part.offsetMs);
  expect(starts).toEqual([plan.firstAtMs, plan.firstAtMs]);
  expect(plan.lastAtMs).toBe(DAY + 30_000);
});

test('recordings that only touch do not share time', () => {
  expect(planPlayback([recording(0, DAY), recording(DAY, 2 * DAY)], {}).isSideBySide).toBe(true);
});

test('a part that is not in the recording is refused with the part that is', () => {
  const from = { kind: 'instant', atMs: 9 * DAY } as const;
  expect(() => planPlayback([recording(0, DAY)], { from })).toThrow(
    /--from, --to \(w\): got 1970-01-10T00:00:00Z to .*, allowed: a part of 1970-01-01T00:01:30Z to 1970-01-02T00:00:30Z/,
  );
});
