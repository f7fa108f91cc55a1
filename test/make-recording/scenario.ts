/**
 * The story of the embedded recording: a web shop in Berlin over 15 days, Friday 30 October to Friday 13 November
 * 2026 (UTC days), at one minute. Everything that happens is a constant of this file; the rest of the folder only
 * plays it. The shop's replicas are those of deploy/demo/checkout.yaml.
 */
import { SECONDS_PER_DAY } from '../../src/domain/clock.ts';

export const SEED = 20_261_113;
export const TIME_ZONE = 'Europe/Berlin';
/** The whole recording lies in winter time: no clock change within it. */
export const START_AT_MS = Date.parse('2026-10-30T00:00:00Z');
export const DAYS = 15;
export const STEP_SECONDS = 60;
export const MINUTES = (DAYS * SECONDS_PER_DAY) / STEP_SECONDS;

/** What one server (slot) completes per second, and how many a replica has: the policy says the same. */
export const SERVICE_RATE_RPS = 25;
export const SERVERS_PER_REPLICA = 8;
export const STARTUP_SECONDS = 90;

/** Local wall-clock time in the recording's fortnight -> milliseconds since the epoch. */
function berlin(text: string): number {
  return Date.parse(`${text}:00+01:00`);
}

/** Announced (the policy's `events`): a rush at the opening, a steady part, a last call. */
export const SALES = [
  { startAtMs: berlin('2026-11-04T18:00'), endAtMs: berlin('2026-11-04T22:00') },
  { startAtMs: berlin('2026-11-12T18:00'), endAtMs: berlin('2026-11-12T22:00') },
] as const;

/** Nobody announced these: within minutes the load is `peakMultiplier` times the usual, then it fades. */
export const FLASH_CROWDS = [
  { startAtMs: berlin('2026-11-08T15:20'), peakMultiplier: 1.9 },
  { startAtMs: berlin('2026-11-13T13:10'), peakMultiplier: 2.35 },
] as const;

/** A new version rolls out; its caches are cold, so each server serves slower for a while. */
export const DEPLOYS_AT_MS = [berlin('2026-11-03T10:05'), berlin('2026-11-13T09:30')] as const;

/** The database slows down, then everything is gone, the metrics too; whoever was there tries again afterwards. */
export const OUTAGE = {
  slowdownAtMs: berlin('2026-11-13T16:38'),
  /** From here on there is no row. */
  gapStartAtMs: berlin('2026-11-13T16:41'),
  gapEndAtMs: berlin('2026-11-13T16:55'),
  retryPeakMultiplier: 2.3,
} as const;
