/**
 * What a young workload borrows: the common shape of the day of those like it. Like it are those of the class that its policy
 * names; where it names none, those of its namespace that name none. Lent is what was known before the young one was there,
 * of whole days: so it is the same at every forecast of its youth, and nothing of what is judged by it is in it. A shape is
 * found once for all that came on one day.
 */
import { MS_PER_SECOND, SECONDS_PER_DAY } from '../domain/clock.ts';
import { seriesEndMs, slotStartMs, type TimeSeries } from '../domain/time-series.ts';
import { DEFAULT_WORKLOAD_CLASS } from '../domain/workload-class.ts';
import { workloadKey } from '../domain/workload.ts';
import { commonProfile, type DayProfile, profileOf } from '../forecast/day-profile.ts';
import { createLocalClock } from '../forecast/local-clock.ts';
import { LruCache } from '../forecast/lru-cache.ts';
import { YOUNG_SECONDS } from '../forecast/models/ensemble/borrowed-shape.ts';
import type { Policy } from '../policy/policy.ts';
import type { Fleet, Member } from './fleet.ts';

/** So many are enough for a median; the loop waits while their histories are gone through. */
const MOST_LENDERS = 16;
/** Where nobody could lend, somebody may later. */
const ASKED_AGAIN_SECONDS = 3600;
const MOST_KEPT_SHAPES = 1000;
/** At one end of the histories: the loop has others to look after. */
const MOST_FOUND_AT_ONCE = 2;

export interface LentShapes {
  /** For a forecast from `history`; undefined where it is no young workload's, or nobody can lend. */
  shapeFor(member: Member, history: TimeSeries): DayProfile | undefined;
}

interface Kept {
  readonly profile: DayProfile | undefined;
  readonly foundAtMs: number;
}

export function createLentShapes(fleet: Fleet): LentShapes {
  const kept = new LruCache<Kept>(MOST_KEPT_SHAPES);
  let foundAtMs = Number.NaN;
  let found = 0;
  const mayFind = (endMs: number): boolean => {
    if (endMs !== foundAtMs) [foundAtMs, found] = [endMs, 0];
    found += 1;
    return found <= MOST_FOUND_AT_ONCE;
  };
  return {
    shapeFor(member, history) {
      if (!member.history.isWhole()) return undefined;
      const bornAtMs = firstSampleMs(history);
      const endMs = seriesEndMs(history);
      if (bornAtMs === undefined || endMs - bornAtMs > YOUNG_SECONDS * MS_PER_SECOND) return undefined;
      const bornDay = Math.floor(bornAtMs / (SECONDS_PER_DAY * MS_PER_SECOND));
      const key = `${groupOf(member.policy)} ${bornDay}`;
      const known = kept.get(key);
      const isOpen =
        known === undefined ||
        (known.profile === undefined && endMs - known.foundAtMs >= ASKED_AGAIN_SECONDS * MS_PER_SECOND);
      if (!isOpen || !mayFind(endMs)) return known?.profile;
      const untilMs = bornDay * SECONDS_PER_DAY * MS_PER_SECOND;
      const profile = profileBefore(untilMs, lendersTo(member, fleet));
      kept.set(key, { profile, foundAtMs: endMs });
      return profile;
    },
  };
}

/** Ordered by name: which ones lend does not depend on who was there first. */
function lendersTo({ policy }: Member, fleet: Fleet): readonly Member[] {
  const group = groupOf(policy);
  return fleet
    .members()
    .filter((other) => other.history.isWhole() && groupOf(other.policy) === group)
    .map((other) => ({ other, key: workloadKey(other.policy.workload) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ other }) => other);
}

/** With the time zone: the days of one are not those of the other. */
function groupOf({ forecast, workload, calendar }: Policy): string {
  const { workloadClass = DEFAULT_WORKLOAD_CLASS } = forecast;
  const likeness =
    workloadClass === DEFAULT_WORKLOAD_CLASS ? `namespace ${workload.namespace}` : `class ${workloadClass}`;
  return `${likeness} ${calendar.timeZone}`;
}

function profileBefore(untilMs: number, lenders: readonly Member[]): DayProfile | undefined {
  const profiles: DayProfile[] = [];
  for (const { history, policy } of lenders) {
    const series = partBefore(history.series(), untilMs);
    const clock = createLocalClock(policy.calendar.timeZone, series.stepSeconds);
    const profile = profileOf(series, clock);
    if (profile !== undefined) profiles.push(profile);
    if (profiles.length === MOST_LENDERS) break;
  }
  return commonProfile(profiles);
}

function partBefore(series: TimeSeries, untilMs: number): TimeSeries {
  const slots = Math.floor((untilMs - series.startAtMs) / (series.stepSeconds * MS_PER_SECOND));
  return { ...series, values: series.values.subarray(0, Math.max(0, Math.min(series.values.length, slots))) };
}

function firstSampleMs(series: TimeSeries): number | undefined {
  const index = series.values.findIndex((rate) => !Number.isNaN(rate));
  return index < 0 ? undefined : slotStartMs(series, index);
}
