import { expect, test } from 'vitest';
import { parseICalendar } from '../../../../src/policy/calendar/icalendar.ts';

const YEAR_2026 = { startAtMs: Date.UTC(2026, 0, 1), endAtMs: Date.UTC(2027, 0, 1) };

function calendar(...lines: readonly string[]): string {
  return ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test', ...lines, 'END:VCALENDAR', ''].join('\r\n');
}

function event(...lines: readonly string[]): readonly string[] {
  return ['BEGIN:VEVENT', 'UID:1', ...lines, 'END:VEVENT'];
}

function occurrences(text: string, timeZone = 'UTC', within = YEAR_2026): string[] {
  const iso = (atMs: number) => new Date(atMs).toISOString().slice(0, 16);
  return parseICalendar(text)
    .windows(timeZone, within)
    .map(({ startAtMs, endAtMs, summary }) => `${iso(startAtMs)} ${iso(endAtMs)} ${summary}`.trim());
}

const BERLIN = [
  'BEGIN:VTIMEZONE',
  'TZID:Office time',
  'BEGIN:STANDARD',
  'DTSTART:19701025T030000',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:19700329T020000',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

test.each([
  [
    'UTC',
    ['DTSTART:20261225T100000Z', 'DTEND:20261225T120000Z', 'SUMMARY:Sale'],
    ['2026-12-25T10:00 2026-12-25T12:00 Sale'],
  ],
  [
    'a duration instead of an end',
    ['DTSTART:20261225T100000Z', 'DURATION:PT90M'],
    ['2026-12-25T10:00 2026-12-25T11:30'],
  ],
  ['a whole day is local', ['DTSTART;VALUE=DATE:20260701'], ['2026-06-30T22:00 2026-07-01T22:00']],
  [
    'a time without a zone is local',
    ['DTSTART:20260701T090000', 'DURATION:PT1H'],
    ['2026-07-01T07:00 2026-07-01T08:00'],
  ],
  [
    'an IANA zone that the file does not describe',
    ['DTSTART;TZID=America/New_York:20260701T090000', 'DURATION:PT1H'],
    ['2026-07-01T13:00 2026-07-01T14:00'],
  ],
  [
    'every week, across the end of summer time, one left out',
    [
      'DTSTART;TZID=Europe/Berlin:20261012T090000',
      'DURATION:PT1H',
      'RRULE:FREQ=WEEKLY;COUNT=4',
      'EXDATE;TZID=Europe/Berlin:20261019T090000',
    ],
    [
      '2026-10-12T07:00 2026-10-12T08:00',
      '2026-10-26T08:00 2026-10-26T09:00',
      '2026-11-02T08:00 2026-11-02T09:00',
    ],
  ],
  ['one that was called off', ['DTSTART:20261225T100000Z', 'DURATION:PT1H', 'STATUS:CANCELLED'], []],
  ['one of another year', ['DTSTART:20251225T100000Z', 'DURATION:PT1H'], []],
  ['one without length', ['DTSTART:20261225T100000Z'], []],
])('%s', (_name, lines, expected) => {
  expect(occurrences(calendar(...event(...lines)), 'Europe/Berlin')).toEqual(expected);
});

test('a zone of the file itself, with its summer time', () => {
  const lines = event(
    'DTSTART;TZID=Office time:20261023T090000',
    'DURATION:PT1H',
    'RRULE:FREQ=DAILY;COUNT=4',
  );
  expect(occurrences(calendar(...BERLIN, ...lines))).toEqual([
    '2026-10-23T07:00 2026-10-23T08:00',
    '2026-10-24T07:00 2026-10-24T08:00',
    '2026-10-25T08:00 2026-10-25T09:00',
    '2026-10-26T08:00 2026-10-26T09:00',
  ]);
});

test('an occurrence that was moved is where it was moved to', () => {
  const rule = event(
    'DTSTART:20260302T100000Z',
    'DURATION:PT1H',
    'RRULE:FREQ=DAILY;COUNT=3',
    'SUMMARY:Batch',
  );
  const moved = event(
    'RECURRENCE-ID:20260303T100000Z',
    'DTSTART:20260303T180000Z',
    'DURATION:PT2H',
    'SUMMARY:Late batch',
  );
  expect(occurrences(calendar(...rule, ...moved))).toEqual([
    '2026-03-02T10:00 2026-03-02T11:00 Batch',
    '2026-03-03T18:00 2026-03-03T20:00 Late batch',
    '2026-03-04T10:00 2026-03-04T11:00 Batch',
  ]);
});

test('a rule without an end is read as far as is asked, and no further', () => {
  const text = calendar(...event('DTSTART:20010101T010000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY'));
  const within = { startAtMs: Date.UTC(2026, 5, 1), endAtMs: Date.UTC(2026, 5, 3) };
  expect(occurrences(text, 'UTC', within)).toEqual([
    '2026-06-01T01:00 2026-06-01T02:00',
    '2026-06-02T01:00 2026-06-02T02:00',
  ]);
});

test.each([
  ['nothing', '', 'is no iCalendar file'],
  ['a password file', 'root:x:0:0:root:/root:/bin/sh', 'is no iCalendar file'],
  ['a file cut short', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n', 'is no iCalendar file'],
  ['an address card', 'BEGIN:VCARD\r\nEND:VCARD\r\n', 'is no iCalendar file'],
  ['an event without a start', calendar(...event('SUMMARY:x')), 'without a start'],
  ['an event with a broken start', calendar(...event('DTSTART:soon')), 'without a start'],
  [
    'an event that ends before it starts',
    calendar(...event('DTSTART:20260102T000000Z', 'DTEND:20260101T000000Z')),
    'ends before it starts',
  ],
  [
    'a zone that nobody knows',
    calendar(...event('DTSTART;TZID=Nowhere/Land:20260102T000000', 'DURATION:PT1H')),
    '"Nowhere/Land"',
  ],
  [
    'every hour',
    calendar(...event('DTSTART:20260102T000000Z', 'DURATION:PT1S', 'RRULE:FREQ=HOURLY')),
    'every hour or oftener',
  ],
])('%s is refused', (_name, text, says) => {
  expect(() => parseICalendar(text)).toThrow(says);
});
