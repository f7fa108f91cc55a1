import { expect, test } from 'vitest';
import { folderFlag, positiveDurationFlag } from '../../../../src/cli/flags.ts';
import { leaseFlag } from '../../../../src/cli/run/lease-flag.ts';
import { isLoopback, listenFlag } from '../../../../src/cli/run/listen-flag.ts';
import { momentFlag } from '../../../../src/cli/run/moment-flag.ts';
import { portFlag } from '../../../../src/cli/run/port-flag.ts';
import { speedFlag } from '../../../../src/cli/run/speed-flag.ts';

test.each([
  ['127.0.0.1:8080', '127.0.0.1', 8080],
  ['localhost:0', 'localhost', 0],
  ['[::1]:9090', '::1', 9090],
  [':8081', '127.0.0.1', 8081],
  ['8082', '127.0.0.1', 8082],
])('--listen %s', (text, host, port) => expect(listenFlag(text)).toEqual({ host, port }));

test.each(['', 'localhost', '127.0.0.1:99999', '127.0.0.1:-1', '127.0.0.1:http', '::1:80', 'a b:80:90'])(
  '--listen "%s" is no address',
  (text) => expect(() => listenFlag(text)).toThrow(`Got "${text}", allowed: `),
);

test.each([
  ['127.0.0.1:8080', true],
  ['[::1]:8080', true],
  ['localhost:8080', true],
  ['0.0.0.0:8080', false],
  ['192.168.1.5:8080', false],
  ['[::]:8080', false],
  ['example.org:80', false],
])('--listen %s is loopback: %s', (text, loopback) => expect(isLoopback(listenFlag(text))).toBe(loopback));

test.each([
  ['-2d', { kind: 'beforeEnd', seconds: 172_800 }],
  ['-1h30m', { kind: 'beforeEnd', seconds: 5400 }],
  ['2026-11-13', { kind: 'instant', atMs: Date.UTC(2026, 10, 13) }],
  ['2026-11-13T08:00:00+01:00', { kind: 'instant', atMs: Date.UTC(2026, 10, 13, 7) }],
])('--from %s', (text, moment) => expect(momentFlag(text)).toEqual(moment));

test.each(['', '2d', '-2', 'yesterday', '5', '2026-13-45'])('--from "%s" is no time', (text) =>
  expect(() => momentFlag(text)).toThrow(/allowed: an ISO 8601 time .* --from=-2d/),
);

test.each([
  ['max', 'max'],
  ['20000', 20_000],
  ['0.5', 0.5],
])('--speed %s', (text, speed) => expect(speedFlag(text)).toBe(speed));

test.each(['0', '-1', 'fast', '', 'NaN', 'Infinity'])('--speed "%s" is refused', (text) =>
  expect(() => speedFlag(text)).toThrow(/allowed: max, or a number above 0/),
);

test('--lease names a namespace and an object', () =>
  expect(leaseFlag('prescale-system/prescale')).toEqual({ namespace: 'prescale-system', name: 'prescale' }));

test.each(['prescale', '/prescale', 'a/b/c', 'Prescale/x', 'a/', 'a b/c'])(
  '--lease "%s" names none',
  (text) => expect(() => leaseFlag(text)).toThrow(`Got "${text}", allowed: namespace/name`),
);

test.each([
  ['0', 0],
  ['8081', 8081],
  ['65535', 65_535],
])('--probes %s', (text, port) => expect(portFlag(text)).toBe(port));

test.each(['', '-1', '65536', '8081a', '127.0.0.1:8081'])('--probes "%s" is no port', (text) =>
  expect(() => portFlag(text)).toThrow(`Got "${text}", allowed: a port`),
);

test('a duration above 0s', () => expect(positiveDurationFlag('30m')).toBe(1800));
test.each(['0s', '0d', '', 'soon', '-1h'])('"%s" is no duration above 0s', (text) =>
  expect(() => positiveDurationFlag(text)).toThrow(`Got "${text}", allowed: a duration`),
);

test('a folder', () => expect(folderFlag('/var/lib/prescale')).toBe('/var/lib/prescale'));
test.each(['', ' '])('"%s" is no folder', (text) =>
  expect(() => folderFlag(text)).toThrow(`Got "${text}", allowed: the name of a folder.`),
);
