import { SECONDS_PER_HOUR } from '../domain/clock.ts';

const SHORT_HORIZON_SECONDS = 900;
const LONGEST_SHORT_STEP_SECONDS = 300;
const HOURLY_STEPS = 6;

/** How far to look where nobody says: 15 minutes up to 5-minute steps, an hour up to half-hour ones, then 6 steps. */
export function defaultHorizonSteps(stepSeconds: number): number {
  if (stepSeconds <= LONGEST_SHORT_STEP_SECONDS) return Math.round(SHORT_HORIZON_SECONDS / stepSeconds);
  return stepSeconds < SECONDS_PER_HOUR ? Math.ceil(SECONDS_PER_HOUR / stepSeconds) : HOURLY_STEPS;
}
