/** How figures are written wherever a person reads them: enough digits to tell two answers apart, and no more. */
import { MS_PER_SECOND } from './clock.ts';
import { durationFromSeconds } from './duration.ts';

/** 412.34 -> "412 rps", 4.166 -> "4.17 rps", 0 -> "0 rps". */
export function rateText(rateRps: number): string {
  return `${significant(rateRps)} rps`;
}

/** At least three digits: 41234.5 -> "41235", 412.34 -> "412", 4.1666 -> "4.17", 0.0012345 -> "0.00123". */
export function significant(value: number): string {
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/**
 * 0.994 -> "99.4 %". A share that is not quite all or not quite none is never rounded to it: 0.99999 -> ">99.99 %",
 * 0.00001 -> "<0.01 %".
 */
export function percentText(ratio: number): string {
  if (ratio < 1 && ratio > 0.9999) return '>99.99 %';
  if (ratio > 0 && ratio < 0.0001) return '<0.01 %';
  const nearAnEnd = ratio > 0.99 || ratio < 0.01;
  return `${Number((ratio * 100).toFixed(nearAnEnd ? 2 : 1))} %`;
}

/** "1 replica", "18 replicas". */
export function replicasText(replicas: number): string {
  return replicas === 1 ? '1 replica' : `${replicas} replicas`;
}

/** When `atMs` is, as seen from `nowMs`: "in 2m30s", "now", "45s ago". Whole seconds. */
export function relativeTimeText(atMs: number, nowMs: number): string {
  const seconds = Math.round((atMs - nowMs) / MS_PER_SECOND);
  if (seconds === 0) return 'now';
  return seconds > 0 ? `in ${durationFromSeconds(seconds)}` : `${durationFromSeconds(-seconds)} ago`;
}
