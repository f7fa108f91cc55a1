import { expect, test } from 'vitest';
import { nextDue, runLoop, type RunLoopSchedule } from '../../../src/control/run-loop.ts';
import { createFakeClock } from '../../fakes/clock.ts';

const NEVER = new AbortController().signal;
const schedule: RunLoopSchedule = { tickSeconds: 15, timeoutSeconds: 10, firstAtMs: 0, lastAtMs: 60_000 };

interface Played {
  readonly tickedAtMs: number[];
  readonly skipped: number[];
  readonly errors: unknown[];
}

async function play(
  onTick: (tickNumber: number, clock: ReturnType<typeof createFakeClock>, signal: AbortSignal) => unknown,
  options: Partial<RunLoopSchedule> = {},
  stop: AbortSignal = NEVER,
): Promise<Played> {
  const clock = createFakeClock(0);
  const played: Played = { tickedAtMs: [], skipped: [], errors: [] };
  await runLoop(
    {
      clock,
      tick: async (nowMs, signal) => {
        played.tickedAtMs.push(nowMs);
        await onTick(played.tickedAtMs.length, clock, signal);
      },
      onSkipped: (ticks) => played.skipped.push(ticks),
      onError: (error) => played.errors.push(error),
    },
    { ...schedule, ...options },
    stop,
  );
  return played;
}

test('ticks on a fixed schedule, first and last instant included', async () => {
  expect((await play(() => undefined)).tickedAtMs).toEqual([0, 15_000, 30_000, 45_000, 60_000]);
});

test('work that takes a part of the tick does not move the schedule', async () => {
  const played = await play((_n, clock) => clock.advance(9));
  expect(played.tickedAtMs).toEqual([0, 15_000, 30_000, 45_000, 60_000]);
  expect(played.skipped).toEqual([]);
});

test('a tick that overruns is counted, and what it missed is left out, never stacked', async () => {
  const played = await play((n, clock) => (n === 1 ? clock.advance(37) : undefined));
  expect(played.tickedAtMs).toEqual([0, 45_000, 60_000]);
  expect(played.skipped).toEqual([2]);
});

test('a tick that throws is told, and costs itself alone', async () => {
  const played = await play((n) => {
    if (n === 2) throw new Error('a bug');
  });
  expect(played.tickedAtMs).toHaveLength(5);
  expect(played.errors).toEqual([new Error('a bug')]);
});

test('a stop between ticks ends the loop without another tick', async () => {
  const stop = new AbortController();
  const played = await play((n) => n === 2 && stop.abort(), {}, stop.signal);
  expect(played.tickedAtMs).toEqual([0, 15_000]);
});

test('a stop within a tick aborts it, waits for its end and reports no error', async () => {
  const stop = new AbortController();
  let ended = false;
  const played = await play(
    async (_n, _clock, signal) => {
      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
      queueMicrotask(() => stop.abort());
      await aborted;
      ended = true;
    },
    {},
    stop.signal,
  );
  expect(ended).toBe(true);
  expect(played).toMatchObject({ tickedAtMs: [0], errors: [] });
});

test('a tick that outlives its timeout is aborted', async () => {
  const reasons: unknown[] = [];
  await play(
    async (_n, _clock, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      reasons.push(signal.reason);
    },
    { timeoutSeconds: 0.01, lastAtMs: 0 },
  );
  expect(reasons).toEqual([new Error('no answer within 0.01 s')]);
});

test.each([
  ['in time', 1_000, 14_000, { atMs: 16_000, skippedTicks: 0 }],
  ['exactly at the next instant: that one is not missed', 0, 15_000, { atMs: 15_000, skippedTicks: 0 }],
  ['just after it', 0, 15_001, { atMs: 30_000, skippedTicks: 1 }],
  ['many missed', 0, 150_001, { atMs: 165_000, skippedTicks: 10 }],
  ['clock set back a little: the grid stays', 100_000, 90_000, { atMs: 115_000, skippedTicks: 0 }],
  ['clock set back an hour: a new grid', 3_600_000, 0, { atMs: 15_000, skippedTicks: 0 }],
])('the next instant: %s', (_name, dueAtMs, nowMs, expected) => {
  expect(nextDue(dueAtMs, nowMs, 15_000)).toEqual(expected);
});
