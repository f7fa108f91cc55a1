import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cronWindows, scheduleProblem } from '../../../../src/policy/calendar/cron-windows.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Asked {
  readonly schedule: string;
  readonly timeZone: string;
  readonly from: string;
  readonly days: number;
}

function starts({ schedule, timeZone, from, days }: Asked): string[] {
  const startAtMs = Date.parse(from);
  const within = { startAtMs, endAtMs: startAtMs + days * DAY_MS };
  return cronWindows({ schedule, durationSeconds: 60 }, timeZone, within).map((window) =>
    new Date(window.startAtMs).toISOString().slice(0, 16),
  );
}

test.each([
  {
    name: 'a weekday morning in UTC',
    asked: { schedule: '0 9 * * MON-FRI', timeZone: 'UTC', from: '2026-11-20T00:00Z', days: 5 },
    expected: ['2026-11-20T09:00', '2026-11-23T09:00', '2026-11-24T09:00'],
  },
  {
    name: 'half past nine east of Greenwich',
    asked: { schedule: '30 9 * * *', timeZone: 'Asia/Kolkata', from: '2026-11-20T00:00Z', days: 2 },
    expected: ['2026-11-20T04:00', '2026-11-21T04:00'],
  },
  {
    name: 'the local hour across the end of summer time',
    asked: { schedule: '0 9 * * *', timeZone: 'Europe/Berlin', from: '2026-10-24T00:00Z', days: 3 },
    expected: ['2026-10-24T07:00', '2026-10-25T08:00', '2026-10-26T08:00'],
  },
  {
    name: 'an hour that the clocks skip comes when they have gone on',
    asked: { schedule: '30 2 * * *', timeZone: 'Europe/Berlin', from: '2026-03-28T00:00Z', days: 3 },
    expected: ['2026-03-28T01:30', '2026-03-29T01:30', '2026-03-30T00:30'],
  },
  {
    name: 'an hour that comes twice counts once, the first time',
    asked: { schedule: '30 2 * * *', timeZone: 'Europe/Berlin', from: '2026-10-24T12:00Z', days: 2 },
    expected: ['2026-10-25T00:30', '2026-10-26T01:30'],
  },
  {
    name: 'the last day of the month',
    asked: { schedule: '0 0 L * *', timeZone: 'UTC', from: '2026-01-30T00:00Z', days: 30 },
    expected: ['2026-01-31T00:00', '2026-02-28T00:00'],
  },
  {
    name: 'a nickname',
    asked: { schedule: '@daily', timeZone: 'America/New_York', from: '2026-07-01T00:00Z', days: 2 },
    expected: ['2026-07-01T04:00', '2026-07-02T04:00'],
  },
])('$name', ({ asked, expected }) => {
  expect(starts(asked)).toEqual(expected);
});

test('an occurrence that began before and still goes on is one of them', () => {
  const startAtMs = Date.UTC(2026, 10, 20, 10);
  const windows = cronWindows({ schedule: '0 9 * * *', durationSeconds: 7200 }, 'UTC', {
    startAtMs,
    endAtMs: startAtMs + HOUR_MS,
  });
  expect(windows).toEqual([{ startAtMs: startAtMs - HOUR_MS, endAtMs: startAtMs + HOUR_MS }]);
});

test('a daily schedule comes once a local day, at its local time wherever the clocks have it', () => {
  const zones = [
    'UTC',
    'Europe/London',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: 4, max: 23 }),
      fc.integer({ min: 0, max: 59 }),
      fc.integer({ min: 0, max: 364 }),
      (timeZone, hour, minute, day) => {
        const startAtMs = Date.UTC(2026, 0, 1 + day);
        const within = { startAtMs, endAtMs: startAtMs + 7 * DAY_MS };
        const windows = cronWindows(
          { schedule: `${minute} ${hour} * * *`, durationSeconds: 1 },
          timeZone,
          within,
        );
        const clock = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' });
        const shown = new Set(windows.map((window) => clock.format(window.startAtMs)));
        expect([...shown]).toEqual([`${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`]);
        expect(windows.length).toBeGreaterThanOrEqual(6);
        expect(windows.length).toBeLessThanOrEqual(8);
      },
    ),
    { numRuns: 100 },
  );
});

test.each([
  ['nothing', '', 'a cron expression'],
  ['words', 'every day', 'a cron expression'],
  ['four fields', '0 9 * *', 'a cron expression'],
  ['six fields', '0 0 9 * * *', 'a cron expression'],
  ['a single instant', '2026-01-01T00:00:00Z', 'a cron expression'],
  ['an hour that there is not', '0 24 * * *', 'a cron expression'],
  ['what happens at start-up', '@reboot', 'a cron expression'],
  ['a day that no month has', '0 0 31 2 *', 'comes to pass'],
  ['every quarter of an hour', '*/15 * * * *', 'at most 48 starts a day'],
])('%s is no schedule', (_name, schedule, says) => {
  expect(scheduleProblem(schedule)).toContain(says);
});

test.each(['*/30 * * * *', '0 9 * * MON-FRI', '0 0 29 2 *', '0 0 * * 1#1', '@weekly'])(
  '%s is one',
  (schedule) => {
    expect(scheduleProblem(schedule)).toBeUndefined();
  },
);
