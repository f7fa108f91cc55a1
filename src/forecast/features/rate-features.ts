import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../domain/clock.ts';
import { beforeCrowds, isCrowded } from '../flash-crowds.ts';
import type { FeatureContext, RateReference } from './feature-context.ts';
import type { FeatureGroup, FeatureSpec } from './feature-spec.ts';
import { daysBefore } from './local-calendar.ts';

type Referenced = FeatureContext & { readonly reference: RateReference };

const CHANGES = "asinh of the day's mean changes";
const SOURCE = 'arrivalRate';
const DAYS_PER_WEEK = 7;
/** Each side of a seasonal value, over which it is smoothed where slots are shorter. */
export const SMOOTH_SECONDS = 450;

/** A scaled rate as a difference from the day's mean, in changes. NaN stays NaN. */
function relative({ reference }: Referenced, scaled: number): number {
  return Math.asinh((scaled - reference.level) / reference.change);
}

function spec(
  name: string,
  group: FeatureGroup,
  unit: string,
  read: (context: Referenced) => number,
): FeatureSpec {
  return { name, group, unit, source: SOURCE, read };
}

function slotsOf({ stepSeconds }: FeatureContext, seconds: number): number {
  return Math.max(1, Math.round(seconds / stepSeconds));
}

function lag(name: string, slots: (context: Referenced) => number): FeatureSpec {
  return spec(name, 'lags', CHANGES, (context) =>
    relative(context, context.view.at(context.origin - slots(context))),
  );
}

type Seasonal = Pick<FeatureContext, 'view' | 'clock' | 'slotsPerDay' | 'stepSeconds' | 'origin'>;

/** The smoothed rate of `slot` `days` local days before, or as many weeks (days, where no weeks) more as a flash crowd asks for. */
export function seasonalAt(context: Seasonal, slot: number, days: number): number {
  const { view, slotsPerDay, origin } = context;
  const smooth = smoothSlotsOf(context);
  const strideSlots = slotsPerDay * (days % DAYS_PER_WEEK === 0 ? DAYS_PER_WEEK : 1);
  const looksAt = { reachSlots: smooth, strideSlots, originSlot: origin };
  const before = beforeCrowds(view.passedOver, daysBefore(context, slot, days), looksAt);
  return view.mean(before - smooth, before + smooth + 1);
}

/** Mean of the smoothed rate at the same local time over seven days, the newest `firstDays` before. NaN for none. */
export function dayProfileAt(context: Seasonal, slot: number, firstDays = 1): number {
  const { view, origin } = context;
  const smooth = smoothSlotsOf(context);
  let sum = 0;
  let count = 0;
  for (let days = firstDays; days < firstDays + DAYS_PER_WEEK; days += 1) {
    const before = daysBefore(context, slot, days);
    const [fromSlot, toSlot] = [before - smooth, before + smooth + 1];
    if (view.passedOver.length > 0 && isCrowded(view.passedOver, { fromSlot, toSlot, originSlot: origin }))
      continue;
    const value = view.mean(fromSlot, toSlot);
    if (value !== value) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}

function smoothSlotsOf({ stepSeconds }: Pick<FeatureContext, 'stepSeconds'>): number {
  return Math.floor(SMOOTH_SECONDS / stepSeconds);
}

function level(name: string, seconds: number): FeatureSpec {
  return spec(name, 'level', CHANGES, (context) =>
    relative(context, context.view.mean(context.origin - slotsOf(context, seconds), context.origin)),
  );
}

/** How much more the series moves than over the last day. A step longer than the window says nothing. */
function spread(name: string, seconds: number): FeatureSpec {
  return spec(name, 'spread', "log of the ratio to the day's mean change", (context) => {
    if (seconds < 2 * context.stepSeconds) return Number.NaN;
    const { view, origin, reference } = context;
    return Math.log(
      (view.meanChange(origin, slotsOf(context, seconds)) + 0.1 * reference.change) / reference.change,
    );
  });
}

/** The later half of the window less the earlier one. */
function slope(name: string, seconds: number): FeatureSpec {
  return spec(name, 'slope', CHANGES, (context) => {
    if (seconds < 2 * context.stepSeconds) return Number.NaN;
    const { view, origin, reference } = context;
    const half = Math.round(slotsOf(context, seconds) / 2);
    const change = view.mean(origin - half, origin) - view.mean(origin - 2 * half, origin - half);
    return Math.asinh(change / reference.change);
  });
}

const HOUR = SECONDS_PER_HOUR;
const DAY = SECONDS_PER_DAY;

export const rateFeatures: readonly FeatureSpec[] = [
  lag('newest', () => 1),
  lag('secondNewest', () => 2),
  lag('thirdNewest', () => 3),
  lag('quarterHourAgo', (context) => slotsOf(context, 900) + 1),
  spec('yesterday', 'lags', CHANGES, (context) => relative(context, seasonalAt(context, context.origin, 1))),
  spec('lastWeek', 'lags', CHANGES, (context) =>
    relative(context, seasonalAt(context, context.origin, DAYS_PER_WEEK)),
  ),
  spec('dayProfile', 'lags', CHANGES, (context) => relative(context, dayProfileAt(context, context.origin))),
  level('level5Minutes', 300),
  level('level15Minutes', 900),
  level('level1Hour', HOUR),
  level('level6Hours', 6 * HOUR),
  level('level3Days', 3 * DAY),
  level('level7Days', 7 * DAY),
  spread('spread15Minutes', 900),
  spread('spread1Hour', HOUR),
  spread('spread6Hours', 6 * HOUR),
  spread('spread7Days', 7 * DAY),
  slope('slope15Minutes', 900),
  slope('slope1Hour', HOUR),
  slope('slope6Hours', 6 * HOUR),
  slope('slope1Day', DAY),
];
