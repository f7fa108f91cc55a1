import { MS_PER_SECOND } from '../domain/clock.ts';
import type { Forecast } from '../domain/forecast.ts';
import type { UncertainStep } from './window-loads.ts';

/**
 * Replicas are asked for one step, and at most so long, before they would have to be: start-up times vary, and ticks
 * are late. With long steps a whole step early would cost more than it could save.
 */
const LONGEST_MARGIN_SECONDS = 60;

/** When something is asked for, and how long it then takes to be of use. */
export interface Ahead {
  readonly nowMs: number;
  readonly leadTimeSeconds: number;
}

/**
 * The forecast's slots from now on. Those that touch [now, now + lead time + margin) are the window: what serves then
 * has to be asked for now. At least one, since a trusted forecast covers now. The rest is the horizon.
 */
export function stepsAhead(
  forecast: Forecast,
  ahead: Ahead,
): { readonly window: readonly UncertainStep[]; readonly horizon: readonly UncertainStep[] } {
  const { originAtMs, stepSeconds, quantilesRps } = forecast;
  const window = windowAhead(forecast, ahead);
  const horizon: UncertainStep[] = [];
  for (let slot = firstSlot(forecast, ahead.nowMs) + window.length; slot < quantilesRps.length; slot += 1)
    horizon.push({
      atMs: originAtMs + slot * stepSeconds * MS_PER_SECOND,
      quantilesRps: quantilesRps[slot],
    });
  return { window, horizon };
}

/** Its window alone. */
export function windowAhead(forecast: Forecast, { nowMs, leadTimeSeconds }: Ahead): readonly UncertainStep[] {
  const { originAtMs, stepSeconds, quantilesRps } = forecast;
  const marginSeconds = Math.min(stepSeconds, LONGEST_MARGIN_SECONDS);
  const untilMs = nowMs + (leadTimeSeconds + marginSeconds) * MS_PER_SECOND;
  const window: UncertainStep[] = [];
  for (let slot = firstSlot(forecast, nowMs); slot < quantilesRps.length; slot += 1) {
    const atMs = Math.max(originAtMs + slot * stepSeconds * MS_PER_SECOND, nowMs);
    if (atMs >= untilMs) break;
    window.push({ atMs, quantilesRps: quantilesRps[slot] });
  }
  return window;
}

/** That is not over yet. */
function firstSlot({ originAtMs, stepSeconds }: Forecast, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - originAtMs) / (stepSeconds * MS_PER_SECOND)));
}
