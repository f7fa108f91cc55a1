import { MS_PER_SECOND, SECONDS_PER_HOUR } from '../../domain/clock.ts';
import { stepStartMs, type LoadPath } from '../load-path.ts';
import { neededAt } from '../needed-path.ts';
import type { ReplayWorld } from '../play.ts';
import type { Variant } from '../variant.ts';
import { createPlanned, highestAhead } from './planned.ts';

const HOURS_PER_WEEK = 168;
const HOURS_PER_DAY = 24;
const FACTORS = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.1, 1.3, 1.6, 2] as const;
const ROUNDING = 1e-9;

/**
 * A timetable as one would write it after looking at the past (KEDA's cron scaler, an AWS scheduled action): for each
 * hour of the week (UTC) the highest need of the unscored part of the recording, of the day where it has not seen
 * that hour of the week, times a factor; ordered a start-up time ahead.
 */
export function scheduleVariants(world: ReplayWorld): readonly Variant[] {
  const { physics, path } = world;
  const neededBy = hourlyNeed(world);
  const ahead = {
    steps: Math.round(Math.max(...physics.startup.seconds) / physics.stepSeconds),
    untilStep: path.steps,
  };
  return FACTORS.map((factor) => {
    const counts = neededBy.map((count) => Math.max(1, Math.ceil(count * factor - ROUNDING)));
    return {
      setting: `x ${factor}`,
      create: () =>
        createPlanned(
          'schedule',
          highestAhead((step) => counts[hourOfWeek(path, step)], ahead),
        ),
    };
  });
}

/** For each hour of the week. */
function hourlyNeed({ path, needed, window }: ReplayWorld): readonly number[] {
  const week = new Int32Array(HOURS_PER_WEEK).fill(-1);
  const day = new Int32Array(HOURS_PER_DAY).fill(-1);
  let highest = 1;
  for (let step = 0; step < window.fromStep; step += 1) {
    const hour = hourOfWeek(path, step);
    const count = neededAt(needed, step);
    week[hour] = Math.max(week[hour], count);
    day[hour % HOURS_PER_DAY] = Math.max(day[hour % HOURS_PER_DAY], count);
    highest = Math.max(highest, count);
  }
  return Array.from(week, (count, hour) => {
    if (count > 0) return count;
    return day[hour % HOURS_PER_DAY] > 0 ? day[hour % HOURS_PER_DAY] : highest;
  });
}

function hourOfWeek(path: LoadPath, step: number): number {
  return Math.floor(stepStartMs(path, step) / (SECONDS_PER_HOUR * MS_PER_SECOND)) % HOURS_PER_WEEK;
}
