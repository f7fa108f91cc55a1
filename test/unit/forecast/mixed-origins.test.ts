import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { MixedOrigins, WrittenOut } from '../../../src/forecast/models/ensemble/mixed-origins.ts';
import { ERROR_ORIGINS } from '../../../src/forecast/past-origins.ts';
import { SQUARE_ROOT } from '../../../src/forecast/scale.ts';

const STEPS = 15;
/** Sizes are linear between these. */
const KNOTS = [0, 5, 9, 14];

interface Kept {
  readonly slot: number;
  readonly mixed: Float32Array;
  readonly sizes: Float32Array;
}

function kept(slot: number, random: () => number): Kept {
  const ends = KNOTS.map(() => 0.1 + random());
  const sizes = Float32Array.from({ length: STEPS }, (_, step) => {
    const knot = Math.max(
      0,
      KNOTS.findLastIndex((at) => at < step),
    );
    const share = (step - KNOTS[knot]) / (KNOTS[knot + 1] - KNOTS[knot]);
    return ends[knot] + share * (ends[knot + 1] - ends[knot]);
  });
  const level = 10 * random();
  return { slot, mixed: Float32Array.from({ length: STEPS }, () => level + random()), sizes };
}

function playedInto(origins: MixedOrigins, count: number): Kept[] {
  const random = createRandom(5);
  return Array.from({ length: count }, (_, i) => {
    const one = kept(17 * i, random);
    origins.add(one.slot, one.mixed, one.sizes);
    return one;
  });
}

describe('past paths kept in half their room', () => {
  test.each([10, 390, 400, 401, 1000])(
    'of %i origins the newest 400 are what they were, in order',
    (count) => {
      const origins = new MixedOrigins(STEPS, 60);
      const newest = playedInto(origins, count).slice(-ERROR_ORIGINS);
      const paths = origins.paths(SQUARE_ROOT, new WrittenOut());
      expect([...paths.origins]).toEqual(newest.map(({ slot }) => slot));
      newest.forEach(({ mixed, sizes }, origin) => {
        const span = Math.max(...mixed) - Math.min(...mixed);
        for (let step = 0; step < STEPS; step += 1) {
          const at = origin * paths.originStride + step * paths.stepStride;
          expect(Math.abs(paths.forecasts[at] - mixed[step])).toBeLessThan(span / 65_535 + 1e-6);
          expect(paths.sizes[at]).toBeCloseTo(sizes[step], 6);
        }
      });
    },
  );

  test('a level path is kept to the bit', () => {
    const origins = new MixedOrigins(STEPS, 60);
    const mixed = new Float32Array(STEPS).fill(Math.fround(0.1));
    origins.add(7, mixed, new Float32Array(STEPS).fill(2));
    const { forecasts, sizes } = origins.paths(SQUARE_ROOT, new WrittenOut());
    expect([...forecasts]).toEqual([...mixed]);
    expect(new Set(sizes)).toEqual(new Set([2]));
  });
});
