import fc from 'fast-check';
import { expect, test } from 'vitest';
import { takeOutGlitches } from '../../../src/forecast/glitches.ts';

const STEP_SECONDS = 300;
const HOUR = 12;
const DAY = 24 * HOUR;

/** Three days at about 100 requests per second, with `spoil` upon them. */
function cleaned(spoil: (ratesRps: Float64Array) => void): { before: Float64Array; after: Float64Array } {
  const after = Float64Array.from({ length: 3 * DAY }, (_, slot) => 100 + 20 * Math.sin(slot));
  spoil(after);
  const before = after.slice();
  takeOutGlitches(after, STEP_SECONDS);
  return { before, after };
}

const gone = ({ before, after }: { before: Float64Array; after: Float64Array }) =>
  [...after.keys()].filter((slot) => Number.isNaN(after[slot]) && !Number.isNaN(before[slot]));

test.each<[string, (ratesRps: Float64Array) => void, number[]]>([
  ['one sample that is a thousand times too much', (rates) => (rates[400] = 1e5), [400]],
  [
    'three hours of them',
    (rates) => rates.fill(1e5, 400, 436),
    Array.from({ length: 36 }, (_, i) => 400 + i),
  ],
  [
    'two with a gap between them',
    (rates) => {
      rates.fill(1e5, 400, 403);
      rates[401] = Number.NaN;
    },
    [400, 402],
  ],
  [
    'two apart, of which the first must not hide the second',
    (rates) => (rates[400] = rates[450] = 1e5),
    [400, 450],
  ],
  [
    'what came after an idle night, too much even for the day before',
    (rates) => {
      rates.fill(1, 0, DAY);
      rates.fill(1, DAY, 400);
      rates[390] = 1e5;
      rates.fill(1, 391);
    },
    [390],
  ],
])('%s: taken out', (_name, spoil, slots) => {
  expect(gone(cleaned(spoil))).toEqual(slots);
});

test.each<[string, (ratesRps: Float64Array) => void]>([
  ['a flash crowd of forty times the load', (rates) => rates.fill(40 * 100, 400, 412)],
  ['a level that stays', (rates) => rates.fill(1e5, 400)],
  ['more than three hours of it', (rates) => rates.fill(1e5, 400, 437)],
  ['what goes on at the end', (rates) => rates.fill(1e5, 3 * DAY - 2)],
  ['the first load after none', (rates) => rates.fill(0, 0, 400)],
  [
    'the same peak as yesterday',
    (rates) => {
      rates.fill(1);
      for (const slot of [100, 100 + DAY, 100 + 2 * DAY]) rates.fill(300, slot, slot + 4 * HOUR);
    },
  ],
  ['the first hour, which says nothing of what is usual', (rates) => (rates[5] = 1e5)],
])('%s: it stays', (_name, spoil) => {
  expect(gone(cleaned(spoil))).toEqual([]);
});

test('whatever the history, nothing that the day before knew the fiftieth of is lost, and nothing is changed', () => {
  const rate = fc.oneof(
    fc.double({ min: 0, max: 200, noNaN: true }),
    fc.constantFrom(Number.NaN, 0, 1e4, 1e6),
  );
  fc.assert(
    fc.property(fc.array(rate, { minLength: 1, maxLength: 600, size: 'max' }), (values) => {
      const after = Float64Array.from(values);
      takeOutGlitches(after, STEP_SECONDS);
      values.forEach((value, slot) => {
        if (Object.is(after[slot], value)) return;
        expect(after[slot]).toBeNaN();
        const day = values
          .slice(Math.max(0, slot - DAY), slot)
          .filter((_, i) => after[Math.max(0, slot - DAY) + i] >= 0);
        expect(value).toBeGreaterThan(50 * Math.max(0, ...day));
      });
    }),
    { numRuns: 200 },
  );
});
