import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Forecast } from '../domain/forecast.ts';
import type { UncertainStep } from './window-loads.ts';

/**
 * Replicas are asked for one step, and at most so long, before they would have to be: start-up times vary, and ticks
 * are late. With long steps a whole step early would cost more than it could save.
 */
const LONGEST_MARGIN_SECONDS = 60;

/**
 * The forecast's slots from now on. Those that touch [now, now + lead time + margin) are the window: what serves then
 * has to be asked for now. At least one, since a trusted forecast covers now. The rest is the horizon.
 */
export function stepsAhead(
  { originAtMs, stepSeconds, quantilesRps: rowsRps }: Forecast,
  { nowMs, leadTimeSeconds }: { readonly nowMs: number; readonly leadTimeSeconds: number },
): { readonly window: readonly UncertainStep[]; readonly horizon: readonly UncertainStep[] } {
  const stepMs = stepSeconds * MS_PER_SECOND;
  const marginSeconds = Math.min(stepSeconds, LONGEST_MARGIN_SECONDS);
  const untilMs = nowMs + (leadTimeSeconds + marginSeconds) * MS_PER_SECOND;
  const window: UncertainStep[] = [];
  const horizon: UncertainStep[] = [];
  rowsRps.forEach((quantilesRps, step) => {
    const startAtMs = originAtMs + step * stepMs;
    if (startAtMs + stepMs <= nowMs) return;
    const atMs = Math.max(startAtMs, nowMs);
    (atMs < untilMs ? window : horizon).push({ atMs, quantilesRps });
  });
  return { window, horizon };
}
