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
  history: History,
): number | undefined {
  const steps = corrections.length;
  if (origin + steps - history.firstSlot > history.ratesRps.length) return undefined;
  return missedAt({ origin, steps }, history, (step) => {
    const shift = trust * corrections[step].shift * expectedError(base, step);
    return scale.rpsFromScaled(base.forecasts[step] + shift);
  });
}

/** The same of a path of rates, whose horizon's end is known. */
export function missedOn(pathRps: Float64Array, origin: number, history: History): number {
  return missedAt({ origin, steps: pathRps.length }, history, (step) => pathRps[step]);
}

function missedAt(
  { origin, steps }: { readonly origin: number; readonly steps: number },
  { firstSlot, ratesRps }: History,
  forecastRps: (step: number) => number,
): number {
  let missed = 0;
  for (const step of judgedSteps(steps)) {
    const actualRps = ratesRps[origin + step - firstSlot];
    if (actualRps === actualRps) missed += Math.abs(forecastRps(step) - actualRps);
  }
  return missed;
}

/** The first, the middle and the last step. */
function judgedSteps(steps: number): readonly number[] {
  return [...new Set([0, steps >> 1, steps - 1])];
}
