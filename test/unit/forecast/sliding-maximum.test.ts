import { expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { SlidingMaximum } from '../../../src/forecast/sliding-maximum.ts';

test('the largest of the last slots, however many have been given up before', () => {
  const random = createRandom(9);
  const maximum = new SlidingMaximum(50);
  // Falling for a while: every sample is a candidate until it is too old.
  const values = Array.from({ length: 2000 }, (_, slot) =>
    random() < 0.1 ? Number.NaN : 100 - (slot % 300) / 3 + random() / 10,
  );
  values.forEach((_, slot) => {
    const seen = values.slice(Math.max(0, slot - 50), slot).filter((one) => !Number.isNaN(one));
    expect(maximum.before(values, slot)).toBe(Math.max(0, ...seen));
    maximum.add(values, slot);
  });
});
