import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { type ErrorPool, errorPool } from '../../../src/forecast/error-pool.ts';
import type { History } from '../../../src/forecast/history.ts';
import { PoolMemory, PoolRooms } from '../../../src/forecast/models/ensemble/pool-memory.ts';
import { ERROR_ORIGINS } from '../../../src/forecast/past-origins.ts';
import { type PastPaths, pathByPath } from '../../../src/forecast/past-paths.ts';
import { SQUARE_ROOT } from '../../../src/forecast/scale.ts';

const STEPS = 4;
const SLOTS = 1100;

/** Rates of which some are equal and some are missing, with past paths of as many origins. */
function playedPast(seed: number, stride: number): { ratesRps: Float64Array; all: PastPaths } {
  const random = createRandom(seed);
  const ratesRps = Float64Array.from({ length: SLOTS }, () =>
    random() < 0.1 ? Number.NaN : Math.floor(30 * random()),
  );
  const origins = Int32Array.from({ length: Math.floor(SLOTS / stride) }, (_, i) => i * stride);
  const numbers = (make: () => number) => Float64Array.from({ length: origins.length * STEPS }, make);
  const forecasts = numbers(() => Math.round(10 * random()) / 2);
  const sizes = numbers(() => 0.1 + 3 * random() ** 4);
  return {
    ratesRps,
    all: { scale: SQUARE_ROOT, origins, steps: STEPS, ...pathByPath(STEPS), forecasts, sizes },
  };
}

/** The newest ERROR_ORIGINS origins before `endSlot`. */
function pathsBefore({ origins, ...all }: PastPaths, endSlot: number): PastPaths {
  const to = origins.findIndex((origin) => origin >= endSlot);
  const from = Math.max(0, to - ERROR_ORIGINS);
  const [forecasts, sizes] = [all.forecasts, all.sizes].map((numbers) =>
    numbers.subarray(from * STEPS, to * STEPS),
  );
  return { ...all, origins: origins.subarray(from, to), forecasts, sizes };
}

function historyBefore(ratesRps: Float64Array, endSlot: number): History {
  const known = ratesRps.subarray(0, endSlot);
  return {
    stepSeconds: 60,
    slotsPerDay: 1440,
    offsetSlots: 0,
    firstSlot: 0,
    ratesRps: known,
    largestRps: 30,
    crowds: [],
    passedOver: [],
  };
}

/** As plain lists: what is compared is numbers, whatever room they are in. */
function listed({ origins, errors, forecasts, sizes, ranking }: ErrorPool): unknown {
  const ranks = [ranking.byError, ranking.forecastRanks, ranking.sizeRanks];
  const lists = [origins, errors, forecasts, sizes, ...ranks].map((numbers) => [...numbers]);
  return { lists, bounds: [ranking.leastSize, ranking.mostSize], boost: ranking.boost };
}

test('pools kept from question to question are those made anew, whatever comes between: new slots, gaps, old origins given up', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.constantFrom(1, 2, 7),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 25 }),
      (seed, stride, advances) => {
        const { ratesRps, all } = playedPast(seed, stride);
        const memory = new PoolMemory(STEPS);
        const rooms = new PoolRooms();
        let endSlot = stride === 1 ? 380 : 30;
        for (const advance of advances) {
          endSlot = Math.min(SLOTS - stride - 1, endSlot + advance);
          const history = historyBefore(ratesRps, endSlot);
          const paths = pathsBefore(all, endSlot);
          memory.pools(paths, history, rooms).forEach((pool, step) => {
            expect(listed(pool)).toEqual(listed(errorPool(paths, step, history)));
          });
        }
      },
    ),
    { numRuns: 40 },
  );
});
