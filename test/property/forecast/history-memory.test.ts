import type { SlotValues } from '../../../src/domain/time-series.ts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { digestHistory } from '../../../src/forecast/history-digest.ts';
import { HistoryMemory } from '../../../src/forecast/history-memory.ts';
import { historyFrom } from '../../../src/forecast/history.ts';
import type { CalendarEvent } from '../../../src/forecast/known-events.ts';

const STEP_SECONDS = 300;
const START_MS = Date.UTC(2026, 0, 5);
const REACH_SECONDS = 3 * 86_400;
const COUNT = 1200;

/** What a load may do from one question to the next. */
const CHANGES = {
  'grows by a slot': 6,
  'grows by hours': 2,
  'slides on by a day': 1,
  'a sample came late': 1,
  'an event is announced': 1,
  'the events are called off': 1,
} as const;
const NEW_SLOTS: Partial<Record<keyof typeof CHANGES, number>> = {
  'grows by a slot': 1,
  'grows by hours': 30,
};

/** A wave with gaps, resets of a counter, infinity, zeros, and now and then a thousandfold scrape for some slots. */
function faultyRates(seed: number): Float64Array {
  const random = createRandom(seed);
  const rates = Float64Array.from({ length: COUNT }, (_, slot) => 50 + 40 * Math.sin(slot / 40) + random());
  const faults = [Number.NaN, -5, Infinity, 0, 90_000, 5_000];
  for (let fault = 0; fault < 12; fault += 1) {
    const from = Math.floor(random() * COUNT);
    rates.fill(faults[Math.floor(random() * faults.length)], from, from + Math.ceil(40 * random()));
  }
  return rates;
}

const changes = (Object.keys(CHANGES) as (keyof typeof CHANGES)[]).map((change) => ({
  arbitrary: fc.constant(change),
  weight: CHANGES[change],
}));

/** Memory that threads share is never written again: what is corrected is another one. */
function shared(rates: SlotValues): SlotValues {
  const copy = new Float32Array(new SharedArrayBuffer(rates.length * Float32Array.BYTES_PER_ELEMENT));
  copy.set(rates);
  return copy;
}

test.each([
  ['its own', (rates: SlotValues) => rates],
  ['shared, four bytes a slot,', shared],
])('a history in %s memory that is continued is the one that is made anew', (_, inMemory) => {
  fc.assert(
    fc.property(fc.nat(), fc.array(fc.oneof(...changes), { minLength: 5, maxLength: 30 }), (seed, told) => {
      let rates = inMemory(faultyRates(seed));
      const memory = new HistoryMemory();
      let [from, to] = [0, 500];
      let events: readonly CalendarEvent[] = [];

      for (const change of told) {
        to += NEW_SLOTS[change] ?? 0;
        if (change === 'slides on by a day') from += 288;
        if (change === 'a sample came late') {
          rates = inMemory(rates);
          rates[to - 20] = 33;
        }
        if (change === 'an event is announced') events = [...events, eventAt(to - 60)];
        if (change === 'the events are called off') events = [];
        if (to > COUNT || to - from < 100) return;
        const series = {
          startAtMs: START_MS + from * STEP_SECONDS * 1000,
          stepSeconds: STEP_SECONDS,
          values: rates.subarray(from, to),
        };
        const anew = historyFrom(series, events, REACH_SECONDS);
        const asItWas = series.values.slice();
        const { history, digest } = memory.historyOf(series, events, REACH_SECONDS);
        expect(series.values).toEqual(asItWas);
        expect(history).toEqual(anew);
        const end = anew.firstSlot + anew.ratesRps.length;
        for (const cut of [0, 7, 32, 33, 64])
          expect(digest.range(anew.firstSlot + cut, end)).toBe(
            digestHistory(anew).range(anew.firstSlot + cut, end),
          );
      }
    }),
    { numRuns: 50 },
  );
});

function eventAt(slot: number): CalendarEvent {
  const startAtMs = START_MS + slot * STEP_SECONDS * 1000;
  return { name: 'sale', startAtMs, endAtMs: startAtMs + 3_600_000, arrivalRateMultiplier: 3 };
}

test('a history with an error of measurement in it is continued in the room that there is', () => {
  const rates = new Float64Array(600).fill(50);
  rates.fill(90_000, 100, 103);
  const memory = new HistoryMemory();
  const bufferAt = (count: number) => {
    const series = { startAtMs: START_MS, stepSeconds: STEP_SECONDS, values: rates.slice(0, count) };
    const { ratesRps } = memory.historyOf(series, [], REACH_SECONDS).history;
    expect(ratesRps.subarray(99, 104)).toEqual(Float64Array.of(50, Number.NaN, Number.NaN, Number.NaN, 50));
    return ratesRps.buffer;
  };
  const before = bufferAt(500);
  expect(bufferAt(501) === before).toBe(true);
});
