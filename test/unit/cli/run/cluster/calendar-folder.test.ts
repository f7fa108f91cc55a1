import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { calendarFilesWithin } from '../../../../../src/cli/run/cluster/calendar-folder.ts';
import { policyOfObject } from '../../../../../src/cli/run/cluster/policy-of-object.ts';
import { anAutoscaler } from '../../../../builders/kubernetes-object.ts';

const LAUNCHES = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//shop//EN',
  'BEGIN:VEVENT',
  'UID:1',
  'DTSTART:20261127T080000Z',
  'DTEND:20261127T100000Z',
  'SUMMARY:launch',
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');

const scratch = mkdtempSync(join(tmpdir(), 'prescale-calendars-'));
afterAll(() => rmSync(scratch, { recursive: true }));
const folder = join(scratch, 'calendars');
const read = calendarFilesWithin(folder);

// A ConfigMap as the kubelet mounts it: the files are links into a folder of their own, which a link names.
mkdirSync(join(folder, '..v1'), { recursive: true });
writeFileSync(join(folder, '..v1', 'launches.ics'), LAUNCHES);
symlinkSync('..v1', join(folder, '..data'));
symlinkSync(join('..data', 'launches.ics'), join(folder, 'launches.ics'));
mkdirSync(join(folder, 'shop'));
writeFileSync(join(folder, 'shop', 'sales.ics'), LAUNCHES);
writeFileSync(join(scratch, 'secret.ics'), LAUNCHES);
symlinkSync(join(scratch, 'secret.ics'), join(folder, 'way-out.ics'));
symlinkSync('calendars', join(scratch, 'linked'));

describe('a calendar file of the folder', () => {
  test.each(['launches.ics', 'shop/sales.ics', './shop/../launches.ics'])('is read: %s', (path) => {
    expect(read(path)).toBe(LAUNCHES);
    expect(calendarFilesWithin(join(scratch, 'linked'))(path)).toBe(LAUNCHES);
  });

  test.each([
    '../secret.ics',
    'shop/../../secret.ics',
    '../none.ics',
    '..',
    join(scratch, 'secret.ics'),
    join(folder, 'launches.ics'),
    '/etc/passwd',
    'way-out.ics',
  ])('is none where the path leads out, whether there is a file or not: %s', (path) => {
    expect(read(path)).toEqual(new Error('leads out of the folder of --calendars'));
  });

  test.each([
    ['other.ics', 'is not there'],
    ['shop', 'is not a file'],
    ['bad\0name', 'cannot be read as UTF-8 text'],
  ])('is told where it is no file: %s', (path, message) => {
    expect(read(path)).toEqual(new Error(message));
    expect(calendarFilesWithin(join(scratch, 'linked'))(path)).toEqual(new Error(message));
  });

  test('that takes the place of another is what is read then', () => {
    mkdirSync(join(folder, '..v2'));
    writeFileSync(join(folder, '..v2', 'launches.ics'), LAUNCHES.replace('launch\r', 'next launch\r'));
    symlinkSync('..v2', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    expect(read('launches.ics')).toContain('SUMMARY:next launch');
  });
});

describe('a policy of the cluster that names one', () => {
  const naming = (icalFile: string) =>
    anAutoscaler({ 'spec.events': [{ name: 'launches', icalFile, arrivalRateMultiplier: 3 }] });

  test('has its events', () => {
    expect(policyOfObject(naming('shop/sales.ics'), read)).toMatchObject({
      kind: 'policy',
      policy: { calendar: { events: [{ timing: { kind: 'ICalendar', text: LAUNCHES } }] } },
    });
  });

  test.each([
    ['../secret.ics', read, '../secret.ics, which leads out of the folder of --calendars'],
    ['shop/sales.ics', undefined, 'shop/sales.ics, which is not read here'],
  ])('is refused with the reason: %s', (path, calendarFiles, message) => {
    expect(policyOfObject(naming(path), calendarFiles)).toEqual({
      kind: 'invalid',
      message: expect.stringContaining(`spec.events[0].icalFile: got ${message}`) as string,
    });
  });
});
