/** How long replicas took to start, as a recording of their counts tells it. */
import type { TimeSeries } from '../domain/time-series.ts';

export interface RecordedCounts {
  /** Replicas that there are, ready or not. */
  readonly replicas: TimeSeries;
  /** Those of them that are ready; the same rows. */
  readonly readyReplicas: TimeSeries;
}

/** Longer rows cannot tell a usual start from none at all. */
const LONGEST_ROW_SECONDS = 60;
/** Fewer are no distribution. */
const LEAST_STARTS = 10;

/**
 * Seconds from a row in which there were more replicas to the one in which as many more were ready, one for each start,
 * in the order in which they were ready: who was ordered first is ready first. Whole rows, right in the mean: order and
 * readiness are each seen up to a row late. Where ready replicas are lost that nobody removed, or rows are missing,
 * nothing is taken from the starts that were under way. undefined where rows are longer than a minute, or tell of fewer
 * than ten starts.
 */
export function recordedStarts({ replicas, readyReplicas }: RecordedCounts): readonly number[] | undefined {
  if (replicas.stepSeconds > LONGEST_ROW_SECONDS) return undefined;
  const seconds: number[] = [];
  /** Rows in which those that are not ready yet were ordered, oldest first. */
  let ordered: number[] = [];
  for (let row = 1; row < replicas.values.length; row += 1) {
    const change = replicas.values[row] - replicas.values[row - 1];
    const readyChange = readyReplicas.values[row] - readyReplicas.values[row - 1];
    if (!isUndisturbed(change, readyChange)) {
      ordered = [];
      continue;
    }
    for (let i = 0; i < change; i += 1) ordered.push(row);
    // Who is removed while others start is one of the youngest of these.
    if (change < 0) ordered.splice(Math.max(0, ordered.length + change));
    for (const orderedAt of ordered.splice(0, Math.max(0, readyChange)))
      seconds.push((row - orderedAt) * replicas.stepSeconds);
  }
  return seconds.length < LEAST_STARTS ? undefined : seconds;
}

/** No row is missing, and no more ready ones are gone than were removed. */
function isUndisturbed(change: number, readyChange: number): boolean {
  return !Number.isNaN(change + readyChange) && readyChange >= Math.min(0, change);
}
