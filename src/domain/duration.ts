/** Durations as Kubernetes writes them: "90s", "1h30m", "15m", "500ms", "14d". */
const SECONDS_PER_UNIT: Readonly<Record<string, number>> = {
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/;
const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;

/** What a duration may look like, for error messages. */
export const DURATION_FORM = 'a duration such as 500ms, 90s, 15m, 1h30m or 14d';

/** "1h30m" -> 5400; undefined when `text` is not a duration. */
export function secondsFromDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of text.matchAll(PART)) seconds += Number(amount) * SECONDS_PER_UNIT[unit];
  return seconds;
}

const PRINTED_UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
  ['s', 1],
];

/** 5400 -> "1h30m", 0.25 -> "250ms", 0 -> "0s". Rounded to whole milliseconds. */
export function durationFromSeconds(seconds: number): string {
  let restMs = Math.round(Math.abs(seconds) * 1000);
  let text = '';
  for (const [unit, size] of PRINTED_UNITS) {
    const count = Math.floor(restMs / (size * 1000));
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * size * 1000;
  }
  if (restMs > 0) text += `${restMs}ms`;
  return (seconds < 0 ? '-' : '') + (text === '' ? '0s' : text);
}
