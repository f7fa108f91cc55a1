import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PATIENCE_SECONDS, serveFor, type QueueInput } from '../../make-recording/queue.ts';

const noLine = (): number => 0;

const inputs = fc.record({
  arrivalRateRps: fc.double({ min: 0.1, max: 8000, noNaN: true }),
  servers: fc.integer({ min: 8, max: 480 }),
  serviceRateRps: fc.double({ min: 5, max: 30, noNaN: true }),
  waitingRequests: fc.double({ min: 0, max: 20_000, noNaN: true }),
  seconds: fc.constantFrom(1, 5, 15),
});

test('nothing is lost, nothing invented, no server works more than all the time', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const outcome = serveFor(input, noLine);
      const grown = (outcome.waitingRequests - input.waitingRequests) / input.seconds;
      expect(outcome.answeredRps + outcome.gaveUpRps + grown).toBeCloseTo(input.arrivalRateRps, 6);
      expect(outcome.meanBusyServers).toBeLessThanOrEqual(input.servers * (1 + 1e-12));
      expect(outcome.waitingRequests).toBeGreaterThanOrEqual(0);
      expect(outcome.answeredRps).toBeGreaterThanOrEqual(0);
    }),
  );
});

/** Lets the same load last for five minutes. */
function settle(input: QueueInput): ReturnType<typeof serveFor> {
  let outcome = serveFor(input, noLine);
  for (let i = 0; i < 60; i += 1)
    outcome = serveFor({ ...input, waitingRequests: outcome.waitingRequests }, noLine);
  return outcome;
}

const BASE = { servers: 40, serviceRateRps: 25, waitingRequests: 0, seconds: 5 };

test('under capacity everybody is answered at once', () => {
  const outcome = settle({ ...BASE, arrivalRateRps: 600, waitingRequests: 900 });
  expect(outcome).toEqual({
    waitingRequests: 0,
    meanWaitingRequests: 0,
    meanBusyServers: 24,
    answeredRps: 600,
    gaveUpRps: 0,
  });
});

test('beyond capacity the line grows until as many give up as are too many', () => {
  const outcome = settle({ ...BASE, arrivalRateRps: 1500 });
  expect(outcome.waitingRequests).toBeCloseTo(500 * PATIENCE_SECONDS, 3);
  expect(outcome.answeredRps).toBeCloseTo(1000, 6);
  expect(outcome.gaveUpRps).toBeCloseTo(500, 6);
});

test('the line of a stable load at rest is the one it is told', () => {
  expect(serveFor({ ...BASE, arrivalRateRps: 950 }, () => 12.5).waitingRequests).toBe(12.5);
});
