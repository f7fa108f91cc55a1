/** Which counts to draw so that a person sees a curve: from where it is steep to where it has clearly turned. */

/** What a count costs, or its late share; undefined where it has no steady state. */
export type CurveValue = (replicas: number) => number | undefined;

const MOST_ROWS = 17;
/** Drawn to where the value is this many times the chosen count's: to the left, and to the right. */
const STEEP_RATIO = 3;
const TURNED_RATIO = 1.25;
/** A curve that only falls is drawn to where it has fallen to this share, or no longer falls. */
const FALLEN_RATIO = 0.05;
const FLAT_RATIO = 0.99;
/** To the right never beyond this many times the chosen count, and at least so many more. */
const WIDEST_RATIO = 2;
const LEAST_EACH_SIDE = 3;

/** Ascending counts of at least 1 that have a value, `chosen` among them if it has one; at most MOST_ROWS + 1. */
export function curveCounts(chosen: number, value: CurveValue): readonly number[] {
  const from = steepFrom(chosen, value);
  const to = turnedAt(chosen, value);
  const step = Math.max(1, Math.ceil((to - from + 1) / MOST_ROWS));
  const first = chosen - step * Math.floor((chosen - from) / step);
  const counts: number[] = [];
  for (let count = first; count <= to; count += step) if (value(count) !== undefined) counts.push(count);
  return counts;
}

/** The smallest count with a value of at most STEEP_RATIO times the chosen one's, found by doubling the distance. */
function steepFrom(chosen: number, value: CurveValue): number {
  const most = STEEP_RATIO * (value(chosen) ?? 0);
  const isDrawn = (count: number): boolean => count >= 1 && (value(count) ?? Infinity) <= most;
  let reach = 0;
  let next = 1;
  while (isDrawn(chosen - next)) {
    reach = next;
    next *= 2;
  }
  for (let step = (next - reach) >> 1; step >= 1; step >>= 1)
    if (isDrawn(chosen - reach - step)) reach += step;
  // One steep bar more tells where it goes.
  return Math.max(1, chosen - Math.max(reach + 1, LEAST_EACH_SIDE));
}

function turnedAt(chosen: number, value: CurveValue): number {
  const widest = Math.max(chosen + LEAST_EACH_SIDE, Math.floor(WIDEST_RATIO * chosen));
  const atChosen = value(chosen);
  let reach = LEAST_EACH_SIDE;
  for (let before = atChosen; chosen + reach < widest; reach = Math.ceil(reach * 1.5)) {
    const now = value(chosen + reach);
    if (now === undefined || atChosen === undefined || before === undefined) break;
    const isFlat = now <= before && now >= FLAT_RATIO * before;
    if (now >= TURNED_RATIO * atChosen || now <= FALLEN_RATIO * atChosen || isFlat) break;
    before = now;
  }
  return Math.min(widest, chosen + reach);
}
