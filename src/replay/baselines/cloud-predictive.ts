import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { Variant } from '../variant.ts';
import type { ReplayWorld } from '../play.ts';
import type { ReplayAutoscaler } from '../autoscaler.ts';
import { capacityRps } from '../../size/service-model.ts';
import { createFastReactive } from './fast-reactive.ts';
import type { LoadPath } from '../load-path.ts';
import { highestAhead, type CountAt } from './planned.ts';

const LOOKBACK_DAYS = 14;
const FEWEST_HOURS = 24;
/** A forecast is made so often. */
const REFRESH_SECONDS = 6 * SECONDS_PER_HOUR;
/** Instances are launched so long before the hour they are forecast for (`SchedulingBufferTime`'s default). */
const BUFFER_SECONDS = 300;
const TARGET_RATIOS = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9] as const;
const WEEK_WEIGHT = 0.5;
const ROUNDING = 1e-9;

/**
 * Predictive scaling as AWS documents it ("Predictive scaling for Amazon EC2 Auto Scaling", ForecastAndScale): from up
 * to 14 days of history, at least 24 hours, an hourly forecast for the next 48 hours, refreshed every 6; at the
 * beginning of each hour, a buffer before it, the minimum is raised to the forecast's need and never does it scale in;
 * a dynamic rule serves what is above (here the fast reactive one, to the same target). Their forecasting model is not
 * published: here each hour is the mean of the same hour of the days looked back to, half of it the same weekday's
 * where there is one.
 */
export function cloudPredictiveVariants(world: ReplayWorld): readonly Variant[] {
  const { path, physics } = world;
  const hourly = hourlyForecast(path);
  const replicaRps = capacityRps(world.model, 1);
  const ahead = { steps: Math.round(BUFFER_SECONDS / physics.stepSeconds), untilStep: path.steps };
  return TARGET_RATIOS.map((target) => ({
    setting: `${Math.round(100 * target)} %`,
    create: () => {
      const targetRps = target * replicaRps;
      const floorAt = highestAhead((step) => Math.ceil(hourly(step) / targetRps - ROUNDING), ahead);
      const rule = { targetRps, scaleDownWindowSeconds: physics.scaleDownWindowSeconds };
      return createAboveFloor('cloud-predictive', floorAt, rule);
    },
  }));
}

function createAboveFloor(
  name: string,
  floorAt: CountAt,
  rule: Parameters<typeof createFastReactive>[1],
): ReplayAutoscaler {
  const reactive = createFastReactive(name, rule);
  return { name, desire: (view) => Math.max(floorAt(view.step), reactive.desire(view)) };
}

/** Requests per second that are forecast for the hour of each step; 0 where there is too little history. */
function hourlyForecast(path: LoadPath): (step: number) => number {
  const stepsPerHour = Math.max(1, Math.round(SECONDS_PER_HOUR / path.stepSeconds));
  const hours = hourlyMeans(path, stepsPerHour);
  const forecasts = hours.map((_, hour) => forecastOf(hours, hour));
  return (step) => forecasts[Math.floor(step / stepsPerHour)];
}

function forecastOf(hours: Float64Array, hour: number): number {
  const perDay = Math.round(SECONDS_PER_DAY / SECONDS_PER_HOUR);
  const refreshHours = REFRESH_SECONDS / SECONDS_PER_HOUR;
  // What is known when the forecast for this hour was last refreshed.
  const known = Math.floor(hour / refreshHours) * refreshHours;
  if (known < FEWEST_HOURS) return 0;
  const same: number[] = [];
  for (let day = 1; day <= LOOKBACK_DAYS; day += 1) {
    const past = hour - day * perDay;
    if (past >= 0 && past < known && !Number.isNaN(hours[past])) same.push(hours[past]);
  }
  if (same.length === 0) return 0;
  const mean = same.reduce((sum, rate) => sum + rate, 0) / same.length;
  const week = hours[hour - 7 * perDay];
  return week >= 0 ? WEEK_WEIGHT * week + (1 - WEEK_WEIGHT) * mean : mean;
}

/** NaN where an hour has no sample. */
function hourlyMeans({ steps, rateAt }: LoadPath, stepsPerHour: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(steps / stepsPerHour) }, (_, hour) => {
    let sum = 0;
    let count = 0;
    for (let step = hour * stepsPerHour; step < Math.min(steps, (hour + 1) * stepsPerHour); step += 1) {
      const rate = rateAt(step);
      if (Number.isNaN(rate)) continue;
      sum += rate;
      count += 1;
    }
    return count === 0 ? Number.NaN : sum / count;
  });
}
