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

/** Numbers of a forecast's slots. */
export interface SlotsAhead {
  /** The one that is not over yet. */
  readonly firstSlot: number;
  /** Of the window. */
  readonly windowSteps: number;
}

/** When a slot begins that is not over yet: now, where it has begun. */
export function slotAtMs(
  { originAtMs, stepSeconds }: Pick<Forecast, 'originAtMs' | 'stepSeconds'>,
  slot: number,
  nowMs: number,
): number {
  return Math.max(originAtMs + slot * stepSeconds * MS_PER_SECOND, nowMs);
}

/** Which slots `stepsAhead` gives as the window. */
export function slotsAhead(forecast: Forecast, { nowMs, leadTimeSeconds }: Ahead): SlotsAhead {
  const { originAtMs, stepSeconds, quantilesRps } = forecast;
  const marginSeconds = Math.min(stepSeconds, LONGEST_MARGIN_SECONDS);
  const untilMs = nowMs + (leadTimeSeconds + marginSeconds) * MS_PER_SECOND;
  const firstSlot = Math.max(0, Math.floor((nowMs - originAtMs) / (stepSeconds * MS_PER_SECOND)));
  let slot = firstSlot;
  while (slot < quantilesRps.length && slotAtMs(forecast, slot, nowMs) < untilMs) slot += 1;
  return { firstSlot, windowSteps: slot - firstSlot };
}

/**
 * The forecast's slots from now on. Those that touch [now, now + lead time + margin) are the window: what serves then
 * has to be asked for now. At least one, since a trusted forecast covers now. The rest is the horizon.
 */
export function stepsAhead(
  forecast: Forecast,
  ahead: Ahead,
): { readonly window: readonly UncertainStep[]; readonly horizon: readonly UncertainStep[] } {
  const { firstSlot, windowSteps } = slotsAhead(forecast, ahead);
  const beyond = firstSlot + windowSteps;
  return {
    window: stepsOf(forecast, { from: firstSlot, to: beyond }, ahead.nowMs),
    horizon: stepsOf(forecast, { from: beyond, to: forecast.quantilesRps.length }, ahead.nowMs),
  };
}

function stepsOf(
  forecast: Forecast,
  { from, to }: { readonly from: number; readonly to: number },
  nowMs: number,
): UncertainStep[] {
  const steps: UncertainStep[] = [];
  for (let slot = from; slot < to; slot += 1)
    steps.push({ atMs: slotAtMs(forecast, slot, nowMs), quantilesRps: forecast.quantilesRps[slot] });
  return steps;
}

/**
 * The first step of a window that a replica asked for now is ready in before it ends; the last one at the latest. Of so
 * many steps, which begin at these instants.
 */
export function firstServed(
  steps: number,
  beginsAtMs: (step: number) => number,
  startupSeconds: number,
): number {
  if (steps === 0) throw new RangeError('sizeReplicas: the window has no steps');
  const readyAtMs = beginsAtMs(0) + startupSeconds * MS_PER_SECOND;
  let served = 0;
  while (served < steps - 1 && beginsAtMs(served + 1) <= readyAtMs) served += 1;
  return served;
}
