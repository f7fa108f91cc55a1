import { expect, test } from 'vitest';
import { clockOffsetSeconds, createServerClock } from '../../../src/cluster/server-clock.ts';

const DATE = 'Thu, 26 Nov 2026 06:00:00 GMT';
const SERVER_MS = Date.UTC(2026, 10, 26, 6);

test.each([
  ['agrees', 0, 0, 0],
  ['may agree, as the server cuts the fraction off', 900, 950, 0],
  ['may agree, as the answer took two minutes', -60_000, 60_000, 0],
  ['is behind', -300_000, -299_990, -299.99],
  ['is ahead', 300_000, 300_010, 299],
])('a clock that %s', (_what, sentMs, receivedMs, offsetSeconds) => {
  const [sentAtMs, receivedAtMs] = [SERVER_MS + sentMs, SERVER_MS + receivedMs];
  expect(clockOffsetSeconds(SERVER_MS, sentAtMs, receivedAtMs)).toBeCloseTo(offsetSeconds, 9);
});

test('says that it is off, and how, until an answer says otherwise', () => {
  const clock = createServerClock();
  expect(clock.offBecause()).toBeUndefined();
  clock.heard(DATE, SERVER_MS - 300_000, SERVER_MS - 300_000);
  expect(clock.offBecause()).toMatch(/is 300 s behind the API server's \(at most 30 s are allowed\)/);
  clock.heard(DATE, SERVER_MS + 61_000, SERVER_MS + 61_000);
  expect(clock.offBecause()).toMatch(/is 60 s ahead of the API server's/);
  clock.heard(DATE, SERVER_MS - 30_000, SERVER_MS - 30_000);
  expect(clock.offBecause()).toBeUndefined();
});

test.each([undefined, '', 'yesterday'])('an answer with the date %o tells nothing', (date) => {
  const clock = createServerClock();
  clock.heard(DATE, SERVER_MS - 300_000, SERVER_MS - 300_000);
  clock.heard(date, 0, 0);
  expect(clock.offBecause()).toMatch(/300 s behind/);
});
