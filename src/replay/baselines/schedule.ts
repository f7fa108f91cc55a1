import { SECONDS_PER_HOUR } from '../../domain/clock.ts';
import { stepStartMs } from '../load-path.ts';
import type { ReplayWorld } from '../play.ts';
import type { Variant } from '../variant.ts';
import { aheadBy, createPlanned } from './planned.ts';

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
  const from = world.window.playFromStep;
  const hours = hourlyNeed(world).subarray(from);
  const startSteps = Math.round(Math.max(...world.physics.startup.seconds) / world.physics.stepSeconds);
  return FACTORS.map((factor) => ({
    setting: `x ${factor}`,
    create: () => {
      const plan = hours.map((count) => Math.max(1, Math.ceil(count * factor - ROUNDING)));
      return createPlanned('schedule', aheadBy(plan, startSteps), from);
    },
  }));
}

function hourlyNeed({ path, needed, window }: ReplayWorld): Int32Array {
  const week = new Int32Array(HOURS_PER_WEEK).fill(-1);
  const day = new Int32Array(HOURS_PER_DAY).fill(-1);
  const hourOf = (step: number): number =>
    Math.floor(stepStartMs(path, step) / (SECONDS_PER_HOUR * 1000)) % HOURS_PER_WEEK;
  let highest = 1;
  for (let step = 0; step < window.fromStep; step += 1) {
    const hour = hourOf(step);
    week[hour] = Math.max(week[hour], needed[step]);
    day[hour % HOURS_PER_DAY] = Math.max(day[hour % HOURS_PER_DAY], needed[step]);
    highest = Math.max(highest, needed[step]);
  }
  return needed.map((_, step) => {
    const hour = hourOf(step);
    if (week[hour] > 0) return week[hour];
    return day[hour % HOURS_PER_DAY] > 0 ? day[hour % HOURS_PER_DAY] : highest;
  });
}
