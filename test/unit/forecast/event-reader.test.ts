import { expect, test } from 'vitest';
import { createEventReader, type PlannedRequest } from '../../../src/forecast/event-reader.ts';
import type { PlannedEvent } from '../../../src/policy/policy.ts';
import { aSeries, PLAIN_POLICY_CALENDAR } from '../../contract/forecaster.ts';

const HOUR_MS = 3_600_000;
const series = aSeries({ days: 2 });
const endMs = series.startAtMs + 48 * HOUR_MS;

function request(events: readonly PlannedEvent[], more: Partial<PlannedRequest> = {}): PlannedRequest {
  const calendar = { ...PLAIN_POLICY_CALENDAR, events };
  return { seriesKey: 'shop/checkout', series, horizonSteps: 12, calendar, ...more };
}

function event(name: string, timing: PlannedEvent['timing']): PlannedEvent {
  return { name, timing, arrivalRateMultiplier: 3 };
}

test('a plan without events leaves nothing but the time zone', () => {
  expect(createEventReader()(request([]))).toEqual({
    seriesKey: 'shop/checkout',
    series,
    horizonSteps: 12,
    calendar: { timeZone: 'UTC', holidayCountry: null, events: [] },
  });
});

test('schedules and files come out as the events of these days, each file event by its own name', () => {
  const at = new Date(endMs).toISOString().replace(/[-:]|\.\d+/g, '');
  const text = `BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:${at}\nDURATION:PT1H\nSUMMARY:Launch\nEND:VEVENT\nEND:VCALENDAR\n`;
  const { calendar } = createEventReader()(
    request([
      event('nightly', { kind: 'Cron', schedule: '0 0 * * *', durationSeconds: 3600 }),
      event('marketing', { kind: 'ICalendar', text }),
      event('long ago', { kind: 'Once', startAtMs: 0, endAtMs: 1 }),
    ]),
  );
  const named = (name: string) => calendar.events.filter((one) => one.name === name);
  expect(named('nightly').map(({ startAtMs }) => startAtMs)).toContain(endMs);
  expect(named('marketing: Launch')).toMatchObject([{ startAtMs: endMs, endAtMs: endMs + HOUR_MS }]);
  expect(named('long ago')).toEqual([]);
});

test('as time goes on, the events of the new day are there', () => {
  const read = createEventReader();
  const nightly = request([
    event('nightly', { kind: 'Cron', schedule: '0 12 * * *', durationSeconds: 3600 }),
  ]);
  const last = (asked: PlannedRequest) => read(asked).calendar.events.at(-1)!.startAtMs;
  const before = last(nightly);
  const later = { ...series, startAtMs: series.startAtMs + 24 * HOUR_MS };
  expect(last({ ...nightly, series: later })).toBe(before + 24 * HOUR_MS);
});

test('as the window slides through a day, what past events brought stays the same to the last digit', () => {
  const long = aSeries({ days: 16 });
  const day = 24 * HOUR_MS;
  const sales = Array.from({ length: 7 }, (_, index) => {
    const startAtMs = long.startAtMs + (2 * index + 1) * day + 9 * HOUR_MS;
    return event('sale', { kind: 'Once', startAtMs, endAtMs: startAtMs + 3 * HOUR_MS });
  });
  const read = createEventReader();
  const outcomes = [1, 2, 50, 287].map((slot) => {
    const startAtMs = long.startAtMs + slot * 300_000;
    const window = { ...long, startAtMs, values: long.values.slice(slot, slot + 14 * 288) };
    const { events } = read(request(sales, { series: window })).calendar;
    return events
      .filter(({ endAtMs }) => endAtMs < long.startAtMs + 14 * day)
      .map((one) => one.arrivalRateMultiplier);
  });
  expect(new Set(outcomes[0]).size).toBeGreaterThan(3);
  for (const later of outcomes.slice(1)) expect(later).toEqual(outcomes[0]);
});

test('what is not to be learnt from is a gap, and the recording itself is left as it is', () => {
  const window = { startAtMs: series.startAtMs + HOUR_MS + 1, endAtMs: series.startAtMs + 2 * HOUR_MS };
  const calendar = { ...PLAIN_POLICY_CALENDAR, excludedFromTraining: [window] };
  const before = series.values.slice();
  const { values } = createEventReader()(request([], { calendar })).series;
  const gaps = [...values.keys()].filter((slot) => Number.isNaN(values[slot]));
  expect(gaps).toEqual(Array.from({ length: 12 }, (_, slot) => 12 + slot));
  expect(series.values).toEqual(before);
});
