import { SECONDS_PER_DAY, SECONDS_PER_HOUR } from '../../domain/clock.ts';
import type { Variant } from '../variant.ts';
import type { ReplayWorld } from '../play.ts';
import type { ReplayAutoscaler } from '../autoscaler.ts';
import { capacityRps } from '../../size/service-model.ts';
import { createFastReactive } from './fast-reactive.ts';
import { aheadBy } from './planned.ts';

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
  const fromStep = world.window.playFromStep;
  const hourly = hourlyForecast(world).subarray(fromStep);
  const replicaRps = capacityRps(world.model, 1);
  const aheadSteps = Math.round(BUFFER_SECONDS / world.physics.stepSeconds);
  return TARGET_RATIOS.map((target) => ({
    setting: `${Math.round(100 * target)} %`,
    create: () => {
      const targetRps = target * replicaRps;
      const floor = aheadBy(
        Int32Array.from(hourly, (rateRps) => Math.ceil(rateRps / targetRps - ROUNDING)),
        aheadSteps,
      );
      const rule = { targetRps, scaleDownWindowSeconds: world.physics.scaleDownWindowSeconds };
      return createAboveFloor('cloud-predictive', { floor, fromStep }, rule);
    },
  }));
}

function createAboveFloor(
  name: string,
  { floor, fromStep }: { readonly floor: Int32Array; readonly fromStep: number },
  rule: Parameters<typeof createFastReactive>[1],
): ReplayAutoscaler {
  const reactive = createFastReactive(name, rule);
  return { name, desire: (view) => Math.max(floor[view.step - fromStep], reactive.desire(view)) };
}

/** Requests per second that are forecast for each step, hour by hour; 0 where there is too little history. */
function hourlyForecast({ path }: ReplayWorld): Float64Array {
  const stepsPerHour = Math.max(1, Math.round(SECONDS_PER_HOUR / path.stepSeconds));
  const hours = hourlyMeans(path.ratesRps, stepsPerHour);
  const perDay = Math.round(SECONDS_PER_DAY / SECONDS_PER_HOUR);
  const refreshHours = REFRESH_SECONDS / SECONDS_PER_HOUR;
  return path.ratesRps.map((_, step) => {
    const hour = Math.floor(step / stepsPerHour);
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
  });
}

/** NaN where an hour has no sample. */
function hourlyMeans(ratesRps: Float64Array, stepsPerHour: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(ratesRps.length / stepsPerHour) }, (_, hour) => {
    const rates = ratesRps
      .subarray(hour * stepsPerHour, (hour + 1) * stepsPerHour)
      .filter((rate) => !Number.isNaN(rate));
    return rates.length === 0 ? Number.NaN : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  });
}
