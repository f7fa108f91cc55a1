/** The newest points of one workload, oldest first, each decision once. */
const MOST_POINTS = 4000;

export function createHistory() {
  let points = [];
  const add = (point) => {
    const atMs = Date.parse(point.at);
    const last = points.at(-1);
    if (!last || atMs > last.atMs) points.push({ ...point, atMs });
    else if (!points.some((known) => known.id === point.id))
      points = [...points, { ...point, atMs }].sort((a, b) => a.atMs - b.atMs);
    if (points.length > 1.25 * MOST_POINTS) points = points.slice(-MOST_POINTS);
  };
  return {
    add,
    /** @param {readonly any[]} newestFirst as the API answers */
    replace(newestFirst) {
      points = [];
      [...newestFirst].reverse().forEach(add);
    },
    points: () => points,
  };
}

/**
 * All of it on one grid of slots, so that every chart of the page has the same time axis and a hole in the data is a
 * hole in the line. A value stands at the start of its slot.
 * @param {readonly any[]} points oldest first
 * @param {{ stepSeconds: number, untilMs: number }} grid
 */
export function gridOf(points, { stepSeconds, untilMs }) {
  const stepMs = stepSeconds * 1000;
  const slotOf = (ms) => Math.floor(ms / stepMs);
  const slotOfEnd = (iso) => slotOf(Date.parse(iso) - stepMs);
  const starts = points.flatMap(({ atMs, arrivalRate }) =>
    arrivalRate ? [slotOf(atMs), slotOfEnd(arrivalRate.endsAt)] : [slotOf(atMs)],
  );
  const first = Math.min(...starts);
  const last = Math.max(slotOf(untilMs), ...starts);
  const length = last - first + 1;
  const column = () => new Array(length).fill(null);
  const grid = {
    first,
    length,
    stepMs,
    slotOf,
    seconds: Array.from({ length }, (_, index) => ((first + index) * stepMs) / 1000),
    rate: column(),
    current: column(),
    recommended: column(),
    ready: column(),
    /** As it was first forecast for the slot, one lead time ahead: {lowerRps, medianRps, upperRps, model}. */
    ahead: column(),
  };
  for (const point of points) {
    const index = slotOf(point.atMs) - first;
    grid.current[index] = point.currentReplicas;
    grid.recommended[index] = point.recommendedReplicas;
    grid.ready[index] = point.readyReplicas;
    if (point.arrivalRate) grid.rate[slotOfEnd(point.arrivalRate.endsAt) - first] = point.arrivalRate.rps;
    if (point.forecast) {
      const target = slotOfEnd(point.forecast.ahead.endsAt) - first;
      if (target >= 0 && target < length)
        grid.ahead[target] ??= { ...point.forecast.ahead, model: point.forecast.model };
    }
  }
  return grid;
}
