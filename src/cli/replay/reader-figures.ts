/** Figures of a replay as a person reads them: the unit that makes them short. */
import { durationFromSeconds } from '../../domain/duration.ts';
import { significant } from '../../domain/figures.ts';

const MILLION = 1e6;
/** Longer than that, a response time is no response any more, and nobody wants to reckon it from seconds. */
const LONGEST_IN_SECONDS = 120;

/** 0.231 -> "231 ms", 36.608 -> "36.6 s", 4102 -> "1h8m22s"; "never" where it is not finite. */
export function responseTimeText(seconds: number): string {
  if (!Number.isFinite(seconds)) return 'never';
  if (seconds < 1) return `${significant(1000 * seconds)} ms`;
  if (seconds < LONGEST_IN_SECONDS) return `${significant(seconds)} s`;
  return durationFromSeconds(Math.round(seconds));
}

/** 812 -> "812", 2264853 -> "2.26 million". */
export function countText(count: number): string {
  return count < MILLION ? significant(count) : `${significant(count / MILLION)} million`;
}
