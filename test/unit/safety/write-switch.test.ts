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

test.each(['tomorrow', '2062', '12/1/2027', '2026-11-28', '2026-11-28T10:00', '2026-13-01T00:00:00Z'])(
  'an instant that cannot be read, or read otherwise, lifts nothing, and is told: %s',
  (text) => {
    const { limitsLiftedUntilMs, faults } = readSwitch({ 'lift-limits-until': text }, NAME);
    expect(limitsLiftedUntilMs).toBe(-Infinity);
    expect(faults).toEqual([expect.stringContaining(`got "${text}", allowed: an ISO 8601 time`)]);
  },
);

test('a key in other letters counts', () => {
  expect(readSwitch({ STOP: 'now' }, NAME).stoppedBecause).toBe(`ConfigMap ${NAME} says stop: now`);
  expect(readSwitch({ 'Lift-Limits-Until': UNTIL }, NAME).limitsLiftedUntilMs).toBe(Date.parse(UNTIL));
});

test('a key that is misspelt says nothing, and is told', () => {
  const { faults, ...said } = readSwitch({ stopp: 'true', lift_limits_until: UNTIL }, NAME);
  expect(said).toEqual({ stoppedBecause: undefined, limitsLiftedUntilMs: -Infinity });
  expect(faults).toEqual([
    `ConfigMap ${NAME}: got the key "stopp", allowed: stop, lift-limits-until; it says nothing`,
    `ConfigMap ${NAME}: got the key "lift_limits_until", allowed: stop, lift-limits-until; it says nothing`,
  ]);
});
