import type { SlotValues } from '../../../src/domain/time-series.ts';
import { expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import type { History } from '../../../src/forecast/history.ts';
import { DirectView, type SeriesView, SummedView } from '../../../src/forecast/models/arima/series-view.ts';
import { logarithm, type RateScale, SQUARE_ROOT } from '../../../src/forecast/scale.ts';

const FIRST_SLOT = 500;
const SLOTS = 900;

/** Five-minute slots with gaps; none at first. */
function history(): History {
  const random = createRandom(3);
  const ratesRps = Float64Array.from({ length: SLOTS }, (_, slot) =>
    slot < 10 || random() < 0.1 ? Number.NaN : 100 * random(),
  );
  const slots = { stepSeconds: 300, slotsPerDay: 288, firstSlot: FIRST_SLOT, offsetSlots: 0 };
  return { ...slots, ratesRps, largestRps: 100, crowds: [], passedOver: [] };
}

test.each([SQUARE_ROOT, logarithm(2)])(
  'both views of a history say the same of it ($name)',
  (scale: RateScale) => {
    const known = history();
    const endSlot = FIRST_SLOT + SLOTS;
    const direct: SeriesView = new DirectView(known, scale);
    const summed: SeriesView = new SummedView(known, scale, { firstSlot: FIRST_SLOT, endSlot });
    for (let slot = FIRST_SLOT - 3; slot < endSlot; slot += 7) {
      expect(direct.at(slot)).toBe(summed.at(slot));
      expect(direct.filledAt(slot)).toBe(summed.filledAt(slot));
      // Whole blocks are kept in four bytes.
      for (const slots of [1, 15, 40, 288, 2000]) {
        const [ofDirect, ofSummed] = [direct.mean(slot - slots, slot), summed.mean(slot - slots, slot)];
        if (Number.isNaN(ofSummed)) expect(ofDirect).toBeNaN();
        else expect(ofDirect).toBeCloseTo(ofSummed, 6);
        expect(direct.meanChange(slot, slots)).toBeCloseTo(summed.meanChange(slot, slots), 6);
      }
      const [ofDirect, ofSummed] = [direct.hourly(slot, 72), summed.hourly(slot, 72)];
      expect(ofDirect.count).toBe(ofSummed.count);
      expect(ofDirect.sum).toBeCloseTo(ofSummed.sum, 9);
    }
  },
);

test('what an hour apart is counts as many hours as there are, and gaps are none', () => {
  const known = { ...history(), ratesRps: Float64Array.from({ length: 40 }, (_, slot) => slot) };
  known.ratesRps[27] = Number.NaN;
  const view = new DirectView(known, { ...SQUARE_ROOT, writeScaled: identity });
  expect(view.hourly(FIRST_SLOT + 39, 2)).toEqual({ sum: 39, count: 1 });
  expect(view.hourly(FIRST_SLOT + 39, 72)).toEqual({ sum: 39 + 15 + 3, count: 3 });
  expect(view.hourly(FIRST_SLOT - 1, 72)).toEqual({ sum: 0, count: 0 });
});

function identity(rates: SlotValues, from: number, to: number, into: Float64Array): void {
  into.set(rates.subarray(from, to));
}
