import { z } from 'zod';
import { isTimeZone } from '../../domain/zone-offset.ts';
import { scheduleProblem } from '../calendar/cron-windows.ts';
import { hasHolidays } from '../calendar/public-holidays.ts';
import { amount, block, duration, instant, keyedListOf, text } from './field-types.ts';
import { withRules, type Rule } from './rules.ts';

const eventFields = block({
  name: text('Name of the event, unique within the policy.', 253),
  start: instant('Start, with end. ISO 8601 with its time zone.').optional(),
  end: instant('End, with start. ISO 8601 with its time zone.').optional(),
  schedule: text(
    'Cron expression in the time zone of the policy, with duration: each start.',
    128,
  ).optional(),
  duration: duration('How long each occurrence of the schedule lasts.', { above: 0 }).optional(),
  icalFile: text('Path of an iCalendar file (RFC 5545) whose events these are.', 4096).optional(),
  arrivalRateMultiplier: amount('The load is this many times the usual one during the event.', {
    above: 0,
    max: 1000,
  }),
});
type Event = z.output<typeof eventFields>;

const possibleSchedule: Rule<Event> = {
  reads: ['schedule'],
  violation: ({ schedule }) => {
    const allowed = schedule === undefined ? undefined : scheduleProblem(schedule);
    return allowed === undefined ? undefined : { path: ['schedule'], got: JSON.stringify(schedule), allowed };
  },
  cel: [],
};

const EVENT_FORMS = 'exactly one of start + end, schedule + duration, icalFile';
const TIMING_FIELDS = ['start', 'end', 'schedule', 'duration', 'icalFile'] as const;

const oneForm: Rule<Event> = {
  reads: TIMING_FIELDS,
  violation: (event) => {
    const given = TIMING_FIELDS.filter((field) => event[field] !== undefined).join(' + ');
    if (['start + end', 'schedule + duration', 'icalFile'].includes(given)) return undefined;
    return { path: [], got: given === '' ? 'none of them' : given, allowed: EVENT_FORMS };
  },
  cel: [
    {
      rule: '[has(self.start) && has(self.end), has(self.schedule) && has(self.duration), has(self.icalFile)].exists_one(form, form)',
      message: `must have ${EVENT_FORMS}`,
    },
    {
      rule: 'has(self.start) == has(self.end) && has(self.schedule) == has(self.duration)',
      message: 'start goes with end, schedule goes with duration',
    },
  ],
};

const endAfterStart: Rule<Event> = {
  reads: ['start', 'end'],
  violation: ({ start, end }) =>
    start === undefined || end === undefined || Date.parse(end) > Date.parse(start)
      ? undefined
      : { path: ['end'], got: end, allowed: `an instant after start (${start})` },
  cel: [
    {
      rule: '!has(self.start) || !has(self.end) || self.end > self.start',
      message: 'must be after start',
      fieldPath: '.end',
    },
  ],
};

export const eventsSchema = keyedListOf(
  withRules(eventFields, [oneForm, endAfterStart, possibleSchedule]).describe('One known event.'),
  'name',
  200,
).describe('Known events in which the load differs from the usual one.');

const countryForm = 'two capital letters such as DE (ISO 3166-1)';

export const holidaysSchema = block({
  country: z
    .string({ error: countryForm })
    .regex(/^[A-Z]{2}$/, { error: countryForm, abort: true })
    .refine(hasHolidays, { error: `a country whose public holidays are known: ${countryForm}` })
    .describe('ISO 3166-1 alpha-2 code of the country whose public holidays count, 2010 to 2040.'),
}).describe('Public holidays, on which the load differs from the usual one.');

const zoneForm = 'an IANA time zone such as UTC or Europe/Berlin';

export const timeZoneSchema = z
  .string({ error: zoneForm })
  .max(64, { error: zoneForm })
  .refine(isTimeZone, { error: zoneForm })
  .meta({
    description: 'IANA name; hours of the day and days of the week are local to it.',
    'x-kubernetes-validations': [
      // Fails in a zone that the API server does not know.
      { rule: 'timestamp("2026-01-01T00:00:00Z").getHours(self) >= 0', message: `must be ${zoneForm}` },
    ],
  });
