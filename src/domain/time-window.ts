/** A stretch of time: from `startAtMs` (included) to `endAtMs` (not included), in ms since the epoch. */
export interface TimeWindow {
  readonly startAtMs: number;
  readonly endAtMs: number;
}

export function overlap(a: TimeWindow, b: TimeWindow): boolean {
  return a.startAtMs < b.endAtMs && a.endAtMs > b.startAtMs;
}

/** In order, those that touch or overlap made one. */
export function merged(windows: readonly TimeWindow[]): readonly TimeWindow[] {
  const whole: TimeWindow[] = [];
  for (const window of [...windows].sort((a, b) => a.startAtMs - b.startAtMs)) {
    const last = whole.at(-1);
    if (last !== undefined && window.startAtMs <= last.endAtMs)
      whole[whole.length - 1] = { ...last, endAtMs: Math.max(last.endAtMs, window.endAtMs) };
    else whole.push(window);
  }
  return whole;
}
