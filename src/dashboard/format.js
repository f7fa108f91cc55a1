/** Numbers and times as they are read at night: few digits, always with their unit. */

export const NOTHING = '–';

const counts = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const figures = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });

/** @param {number | null | undefined} value */
export function countText(value) {
  return value === null || value === undefined ? NOTHING : counts.format(value);
}

/** Three digits, but no digit of a large number is lost. @param {number | null | undefined} value */
export function figureText(value) {
  if (value === null || value === undefined) return NOTHING;
  return Math.abs(value) >= 1000 ? counts.format(value) : figures.format(value);
}

/** @param {number | null | undefined} rps */
export function rateText(rps) {
  return rps === null || rps === undefined ? NOTHING : `${figureText(rps)} rps`;
}

/** 0.0123 -> "1.23 %". What is below a ten-thousandth of a percent is told as that. @param {number | null | undefined} ratio */
export function percentText(ratio) {
  if (ratio === null || ratio === undefined) return NOTHING;
  if (ratio > 0 && ratio < 1e-6) return '< 0.0001 %';
  return `${figures.format(ratio * 100)} %`;
}

/**
 * @param {number | null | undefined} amount
 * @param {string} currency ISO 4217
 */
export function moneyText(amount, currency) {
  if (amount === null || amount === undefined) return NOTHING;
  const digits = amount !== 0 && Math.abs(amount) < 0.1 ? { maximumSignificantDigits: 2 } : {};
  return new Intl.NumberFormat('en', { style: 'currency', currency, ...digits }).format(amount);
}

/** @param {number} seconds */
export function spanText(seconds) {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${figures.format(seconds)} s`;
  if (seconds < 7200) return `${figures.format(seconds / 60)} min`;
  if (seconds < 172_800) return `${figures.format(seconds / 3600)} h`;
  return `${figures.format(seconds / 86_400)} d`;
}

const clockTime = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' });
const fullTime = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZone: 'UTC',
});

/** @param {string} iso */
export function clockText(iso) {
  return clockTime.format(new Date(iso));
}

/** @param {string | number} instant ISO 8601 or milliseconds */
export function momentText(instant) {
  return `${fullTime.format(new Date(instant))} UTC`;
}

/** "ScaleDownStabilized" -> "scale down stabilized". @param {string} reason */
export function reasonText(reason) {
  return reason.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
