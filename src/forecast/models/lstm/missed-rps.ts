import type { History } from '../../history.ts';
import type { RateScale } from '../../scale.ts';
import type { CorrectedPath } from './correction-memory.ts';
import { expectedError } from './network-inputs.ts';

/**
 * Requests per second that the path missed at the judged steps with `trust` (0: the base alone, 1: all of its correction),
 * summed; undefined before the horizon's end is known.
 */
export function missedRps(
  { origin, base, corrections }: CorrectedPath,
  trust: number,
  scale: RateScale,
  { firstSlot, ratesRps }: History,
): number | undefined {
  const steps = corrections.length;
  if (origin + steps - firstSlot > ratesRps.length) return undefined;
  let missed = 0;
  for (const step of judgedSteps(steps)) {
    const actualRps = ratesRps[origin + step - firstSlot];
    if (actualRps !== actualRps) continue;
    const shift = trust * corrections[step].shift * expectedError(base, step);
    missed += Math.abs(scale.rpsFromScaled(base.forecasts[step] + shift) - actualRps);
  }
  return missed;
}

/** The first, the middle and the last step. */
function judgedSteps(steps: number): readonly number[] {
  return [...new Set([0, steps >> 1, steps - 1])];
}
