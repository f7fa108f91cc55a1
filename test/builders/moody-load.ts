import { createRandom } from '../../src/domain/random.ts';
import type { TimeSeries } from '../../src/domain/time-series.ts';

const STEP_SECONDS = 1800;
const DAYS = 31;
const SLOTS = (DAYS * 86_400) / STEP_SECONDS;

/** Calm hours, in which the newest sample is the best forecast, and noisy ones, in which it is the worst: that can be learnt. */
export function moodyLoad(startAtMs = Date.UTC(2026, 5, 1)): TimeSeries {
  const random = createRandom(11);
  let [level, isCalm] = [100, true];
  const rate = (): number => {
    if (random() < 1 / 40) {
      isCalm = !isCalm;
      level = 40 + 220 * random();
    }
    return isCalm ? level * (0.99 + 0.02 * random()) : 5 + 280 * random();
  };
  return { startAtMs, stepSeconds: STEP_SECONDS, values: Float64Array.from({ length: SLOTS }, rate) };
}
