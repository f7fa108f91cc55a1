/** How good the forecasts were that decisions were made with, from what came true since. */

const WINDOW_SLOTS = 15;

/**
 * @param {any} grid of `gridOf`
 * @returns {readonly { model: string, slots: number, medianError: number, within10: number, covered: number,
 *   rolling: readonly (number | null)[] }[]} ratios, 0..1; `rolling`: the median of the newest errors at each slot
 */
export function accuracyByModel(grid) {
  const models = [...new Set(grid.ahead.flatMap((ahead) => (ahead ? [ahead.model] : [])))];
  return models.flatMap((model) => {
    const errors = grid.ahead.map((ahead, slot) =>
      ahead?.model === model && grid.rate[slot] > 0
        ? Math.abs(ahead.medianRps - grid.rate[slot]) / grid.rate[slot]
        : null,
    );
    const known = errors.filter((error) => error !== null);
    if (known.length === 0) return [];
    const inside = grid.ahead.filter(
      (ahead, slot) =>
        errors[slot] !== null && grid.rate[slot] >= ahead.lowerRps && grid.rate[slot] <= ahead.upperRps,
    );
    return [
      {
        model,
        slots: known.length,
        medianError: median(known),
        within10: known.filter((error) => error <= 0.1).length / known.length,
        covered: inside.length / known.length,
        rolling: errors.map((error, slot) => (error === null ? null : rollingAt(errors, slot))),
      },
    ];
  });
}

function rollingAt(errors, slot) {
  const window = errors.slice(Math.max(0, slot - WINDOW_SLOTS + 1), slot + 1);
  return median(window.filter((error) => error !== null));
}

/** @param {readonly number[]} values at least one */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
