import { SECONDS_PER_HOUR } from '../../../domain/clock.ts';
import { isCrowded } from '../../flash-crowds.ts';
import type { FeaturePlan } from './feature-plan.ts';
import type { SeriesView } from './series-view.ts';

/** Whole days, so that the shape of the day cancels out. */
const HOURS = 72;
const LEAST_HOURS = 24;

/**
 * How far the minute of the hour of `slot` is usually above the hours around it, as it is known at `origin`: its mean over three days
 * of hours, less the mean of those days. What jobs on a schedule do every hour. 0 where it is not known, or a flash crowd is in it.
 */
export function hourShapeAt(
  { plan, view }: { readonly plan: FeaturePlan; readonly view: SeriesView },
  slot: number,
  origin: number,
): number {
  const perHour = SECONDS_PER_HOUR / plan.stepSeconds;
  const newest = slot - perHour * Math.max(1, Math.ceil((slot - origin + perHour / 2) / perHour));
  const toSlot = newest + perHour / 2;
  const fromSlot = toSlot - HOURS * perHour;
  if (view.crowds.length > 0 && isCrowded(view.crowds, { fromSlot, toSlot, originSlot: origin })) return 0;
  const kept = view.hourShapes?.of(newest);
  if (kept !== undefined) return kept;
  const above = aboveItsHours(view, { newest, fromSlot, toSlot });
  view.hourShapes?.keep(newest, above);
  return above;
}

interface Hours {
  readonly newest: number;
  readonly fromSlot: number;
  readonly toSlot: number;
}

function aboveItsHours(view: SeriesView, { newest, fromSlot, toSlot }: Hours): number {
  const { sum, count } = view.hourly(newest, HOURS);
  if (count < LEAST_HOURS) return 0;
  const above = sum / count - view.mean(fromSlot, toSlot);
  return above === above ? above : 0;
}
