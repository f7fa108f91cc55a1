/** The shop's minutes as the columns of a recording: what else the monitoring saw, rounded as monitoring rounds. */
import type { Random } from '../../src/domain/random.ts';
import { cpuUtilizationRatio, type ShopMinute } from './play-shop.ts';
import { sampleNormal, samplePoisson } from '../../src/domain/samplers.ts';
import { DEPLOYS_AT_MS, OUTAGE, START_AT_MS, STEP_SECONDS } from './scenario.ts';

export const COLUMNS = [
  'timestamp',
  'arrival_rate_rps',
  'cpu_utilization_ratio',
  'memory_utilization_ratio',
  'latency_seconds',
  'error_ratio',
  'connections',
  'disk_io_bytes_per_second',
  'in_flight',
  'throughput_rps',
  'busy_slots',
] as const;

/** Share of answers that fail on any day. */
const USUAL_ERROR_RATIO = 0.0004;
/** A visitor's connection stays open this long after its last request. */
const KEEP_ALIVE_SECONDS = 12;
const LOG_BYTES_PER_REQUEST = 1800;
const BACKUP_BYTES_PER_SECOND = 42_000_000;

/** One line per minute that was recorded; the minutes of the outage have none. */
export function recordingLines(minutes: readonly ShopMinute[], random: Random): string[] {
  let connections = minutes[0].arrivalRateRps * KEEP_ALIVE_SECONDS;
  const lines = minutes.map((minute) => {
    const settled = minute.arrivalRateRps * KEEP_ALIVE_SECONDS + minute.inFlightRequests;
    connections += (settled - connections) * 0.8;
    return { atMs: minute.atMs, text: lineOf(minute, connections, random) };
  });
  return lines.filter(({ atMs }) => !isLost(atMs)).map(({ text }) => text);
}

function isLost(atMs: number): boolean {
  return atMs >= OUTAGE.gapStartAtMs && atMs < OUTAGE.gapEndAtMs;
}

function lineOf(minute: ShopMinute, connections: number, random: Random): string {
  const { throughputRps, inFlightRequests, busyServers, servers } = minute;
  const failed = samplePoisson(random, throughputRps * STEP_SECONDS * USUAL_ERROR_RATIO);
  const errorRatio = failed / (throughputRps * STEP_SECONDS) + minute.gaveUpRps / throughputRps;
  const cpu = cpuUtilizationRatio(busyServers / servers) + 0.006 * sampleNormal(random);
  return [
    new Date(minute.atMs).toISOString().replace('.000Z', 'Z'),
    minute.arrivalRateRps.toFixed(1),
    Math.min(1, cpu).toFixed(3),
    memoryRatio(minute, random).toFixed(3),
    (inFlightRequests / throughputRps).toFixed(5),
    Math.min(1, errorRatio).toFixed(5),
    connections.toFixed(0),
    roundTo(diskBytesPerSecond(minute, random), 10_000),
    inFlightRequests.toFixed(1),
    throughputRps.toFixed(1),
    busyServers.toFixed(1),
  ].join(',');
}

/** A base, a slow leak since the last start, and what the requests in flight hold. */
function memoryRatio(minute: ShopMinute, random: Random): number {
  const startedAtMs = DEPLOYS_AT_MS.findLast((atMs) => atMs <= minute.atMs) ?? START_AT_MS - 172_800_000;
  const leak = 0.18 * (1 - Math.exp(-(minute.atMs - startedAtMs) / (5 * 86_400_000)));
  const perServer = minute.inFlightRequests / minute.servers;
  return 0.42 + leak + 0.1 * Math.min(2, perServer) + 0.002 * sampleNormal(random);
}

/** Access logs, and every night from 03:00 to 03:40 local time (winter: UTC+1) the backup. */
function diskBytesPerSecond(minute: ShopMinute, random: Random): number {
  const minuteOfDay = (minute.atMs / 60_000) % 1440;
  const backup = minuteOfDay >= 120 && minuteOfDay < 160 ? BACKUP_BYTES_PER_SECOND : 0;
  return (minute.throughputRps * LOG_BYTES_PER_REQUEST + backup) * (1 + 0.03 * sampleNormal(random));
}

function roundTo(value: number, unit: number): number {
  return Math.round(value / unit) * unit;
}
