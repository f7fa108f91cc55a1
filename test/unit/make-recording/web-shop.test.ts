import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { METRIC_BY_COLUMN } from '../../../src/domain/metric-name.ts';
import { FLASH_CROWDS, MINUTES, OUTAGE, SALES, START_AT_MS } from '../../make-recording/scenario.ts';
import { gzipRepeatably, webShopCsv } from '../../make-recording/web-shop.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const committed = readFileSync('deploy/demo/web-shop.csv.gz');
const csv = gunzipSync(committed).toString();
const [header = '', ...lines] = csv.trimEnd().split('\n');
const columns = header.split(',');
type Row = Record<string, number>;
const rows = lines.map((line): Row =>
  Object.fromEntries(
    line.split(',').map((cell, i) => [columns[i], i === 0 ? Date.parse(cell) : Number(cell)]),
  ),
);
const byTime = new Map(rows.map((row) => [row['timestamp'], row]));

const at = (atMs: number): Row => byTime.get(atMs)!;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const between = (fromMs: number, toMs: number): Row[] =>
  rows.filter((row) => row['timestamp'] >= fromMs && row['timestamp'] < toMs);
const meanRps = (fromMs: number, toMs: number): number =>
  mean(between(fromMs, toMs).map((row) => row['arrival_rate_rps']));
const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');

test('making it again gives the very recording that is committed', () => {
  expect(sha256(webShopCsv())).toBe(sha256(csv));
});

// What deflate makes of the same text depends on the zlib; Node's own for x64 has been the same from 20 to 24.
const hasUsualZlib = process.arch === 'x64' && !process.config.variables.node_shared_zlib;
test.skipIf(!hasUsualZlib)(
  '... and the very bytes of its file (skipped: another zlib than that of Node for x64)',
  () => {
    expect(sha256(gzipRepeatably(csv))).toBe(sha256(committed));
  },
);

test('another seed tells the same story with other numbers', () => {
  const other = webShopCsv(1).trimEnd().split('\n');
  expect(other).toHaveLength(lines.length + 1);
  expect(other[5000]).not.toBe(lines[4999]);
});

test('the file is small, and has the columns that recordings may have, without replicas', () => {
  expect(committed.length).toBeLessThan(700_000);
  expect(columns[0]).toBe('timestamp');
  for (const column of columns.slice(1)) expect(METRIC_BY_COLUMN).toHaveProperty(column);
  expect(columns).not.toContain('replicas');
});

test('every cell is a number, none is negative, ratios are within 0 and 1', () => {
  const isSound = (column: string, value: number): boolean =>
    value >= 0 && value <= (column.endsWith('_ratio') ? 1 : Number.MAX_SAFE_INTEGER);
  expect(rows.filter((row) => !columns.every((column) => isSound(column, row[column])))).toEqual([]);
});

test('a row a minute for 15 days, but for the minutes of the outage', () => {
  const expected = Array.from({ length: MINUTES }, (_, minute) => START_AT_MS + minute * MINUTE_MS);
  const present = expected.filter((atMs) => atMs < OUTAGE.gapStartAtMs || atMs >= OUTAGE.gapEndAtMs);
  expect(rows.map((row) => row['timestamp'])).toEqual(present);
  expect(MINUTES - rows.length).toBe(14);
});

test("Little's law holds in every row: in flight = throughput x latency, within rounding", () => {
  const breaksTheLaw = ({ throughput_rps: throughput, latency_seconds: latency, in_flight: held }: Row) =>
    Math.abs(held - throughput * latency) > 0.051 + 0.000_005 * throughput + 0.05 * latency;
  expect(rows.filter(breaksTheLaw)).toEqual([]);
});

test('whoever is being served is in flight', () => {
  expect(rows.filter((row) => row['busy_slots'] > row['in_flight'] + 0.051)).toEqual([]);
});

test('CPU and busy servers tell of the same fleet: 3 to 60 replicas, never more busy servers than there are', () => {
  const replicas = rows.map((row) => row['busy_slots'] / servers(row['cpu_utilization_ratio']));
  expect(Math.min(...replicas)).toBeGreaterThan(2.8);
  expect(Math.max(...replicas)).toBeLessThan(62);
  expect(rows.filter((row) => servers(row['cpu_utilization_ratio']) > 8.2)).toEqual([]);
});

/** How many of a replica's 8 servers are busy at this share of its CPU: 5 % idle, 90 % more with all busy. */
function servers(cpuRatio: number): number {
  return (8 * (cpuRatio - 0.05)) / 0.9;
}

test('latency is that of the service alone in quiet minutes: 1/25 s', () => {
  const sorted = rows.map((row) => row['latency_seconds']).sort((a, b) => a - b);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeCloseTo(0.04, 4);
});

test('what arrives leaves: throughput follows arrivals, the waiting line apart', () => {
  const whole = between(START_AT_MS, OUTAGE.slowdownAtMs);
  const arrived = mean(whole.map((row) => row['arrival_rate_rps']));
  expect(mean(whole.map((row) => row['throughput_rps']))).toBeCloseTo(arrived, 1);
});

test('counts are over-dispersed: their variance is many times what a Poisson process has', () => {
  // Differences of neighbours a minute apart cancel the trend; each has twice the variance of one minute.
  const night = between(START_AT_MS + 2 * DAY_MS, START_AT_MS + 2 * DAY_MS + 240 * MINUTE_MS);
  const counts = night.map((row) => row['arrival_rate_rps'] * 60);
  const squares = counts.slice(1).map((count, i) => (count - counts[i]) ** 2 / 2);
  const dispersion = mean(squares) / mean(counts);
  expect(dispersion).toBeGreaterThan(3);
  expect(dispersion).toBeLessThan(60);
});

test('days: nights are quiet, evenings busy; weekends are lower; the level grows', () => {
  const day = (index: number): number =>
    meanRps(START_AT_MS + index * DAY_MS, START_AT_MS + (index + 1) * DAY_MS);
  const [fri, sat, sun, mon] = [0, 1, 2, 3].map(day);
  expect(Math.max(sat, sun)).toBeLessThan(0.9 * Math.min(fri, mon));
  expect(day(10)).toBeGreaterThan(mon * 1.005);
  const monday = START_AT_MS + 3 * DAY_MS;
  const night = meanRps(monday + 180 * MINUTE_MS, monday + 240 * MINUTE_MS);
  const evening = meanRps(monday + 1140 * MINUTE_MS, monday + 1200 * MINUTE_MS);
  expect(night).toBeGreaterThan(400);
  expect(night).toBeLessThan(800);
  expect(evening / night).toBeGreaterThan(4.5);
});

test('the highest minute asks for about forty replicas with room to spare', () => {
  const peakRps = Math.max(...rows.map((row) => row['arrival_rate_rps']));
  expect(peakRps).toBeGreaterThan(6000);
  expect(peakRps).toBeLessThan(7000);
});

test('the sales bring about 1.8 times the usual hours, and end as they began: announced', () => {
  const [first, second] = SALES;
  const ordinary = meanRps(first.startAtMs - DAY_MS, first.endAtMs - DAY_MS);
  for (const sale of [first, second]) {
    const ratio = meanRps(sale.startAtMs, sale.endAtMs) / ordinary;
    expect(ratio).toBeGreaterThan(1.7);
    expect(ratio).toBeLessThan(2.1);
  }
});

test('flash crowds rise within five minutes and are half gone after a quarter of an hour more', () => {
  for (const { startAtMs, peakMultiplier } of FLASH_CROWDS) {
    const before = meanRps(startAtMs - 10 * MINUTE_MS, startAtMs);
    const peak = meanRps(startAtMs + 3 * MINUTE_MS, startAtMs + 6 * MINUTE_MS);
    const later = at(startAtMs + 20 * MINUTE_MS)['arrival_rate_rps'];
    expect(peak / before).toBeGreaterThan(0.85 * peakMultiplier);
    expect((later - before) / (peak - before)).toBeLessThan(0.7);
  }
});

test('the outage: slow, then silent, then a storm of retries that the fleet is too small for', () => {
  expect(at(OUTAGE.slowdownAtMs + MINUTE_MS)['error_ratio']).toBeGreaterThan(0.2);
  const usual = at(OUTAGE.slowdownAtMs - MINUTE_MS)['arrival_rate_rps'];
  const storm = at(OUTAGE.gapEndAtMs);
  expect(storm['arrival_rate_rps'] / usual).toBeGreaterThan(1.8);
  expect(storm['latency_seconds']).toBeGreaterThan(0.25);
  expect(at(OUTAGE.gapEndAtMs + 40 * MINUTE_MS)['latency_seconds']).toBeLessThan(0.05);
});

test('its last two days hold a sale, a deploy, a flash crowd and the outage', () => {
  const lastTwoDaysMs = START_AT_MS + MINUTES * MINUTE_MS - 2 * DAY_MS;
  for (const atMs of [SALES[1].startAtMs, FLASH_CROWDS[1].startAtMs, OUTAGE.gapStartAtMs])
    expect(atMs).toBeGreaterThan(lastTwoDaysMs);
});
