import { expect, test } from 'vitest';
import { readSwitch } from '../../../src/safety/write-switch.ts';

const NAME = 'prescale-system/prescale-switch';
const UNTIL = '2026-11-26T12:00:00Z';

test.each<[string, Record<string, string> | undefined, boolean]>([
  ['no ConfigMap', undefined, false],
  ['one without keys', {}, false],
  ['stop: false', { stop: 'false' }, false],
  ['stop: " False "', { stop: ' False ' }, false],
  ['stop: nothing', { stop: '' }, false],
  ['stop: true', { stop: 'true' }, true],
  ['stop: yes', { stop: 'yes' }, true],
  ['stop: 0, which nobody would write to let it go on', { stop: '0' }, true],
  ['a reason', { stop: 'maintenance of the database, Ann' }, true],
])('%s', (_name, data, isStopped) => {
  const { stoppedBecause } = readSwitch(data, NAME);
  expect(stoppedBecause).toEqual(isStopped ? `ConfigMap ${NAME} says stop: ${data?.['stop']}` : undefined);
});

test('limits are lifted until an instant', () => {
  expect(readSwitch({ 'lift-limits-until': UNTIL }, NAME)).toEqual({
    stoppedBecause: undefined,
    limitsLiftedUntilMs: Date.parse(UNTIL),
    faults: [],
  });
  expect(readSwitch({}, NAME).limitsLiftedUntilMs).toBe(-Infinity);
});

test('an instant that cannot be read lifts nothing, and is told', () => {
  const { limitsLiftedUntilMs, faults } = readSwitch({ 'lift-limits-until': 'tomorrow' }, NAME);
  expect(limitsLiftedUntilMs).toBe(-Infinity);
  expect(faults).toEqual([expect.stringContaining('got "tomorrow", allowed: an ISO 8601 time')]);
});
