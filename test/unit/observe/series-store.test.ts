import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { asKept, type TimeSeries } from '../../../src/domain/time-series.ts';
import { createHistoryBuffer } from '../../../src/observe/history-buffer.ts';
import { seriesFile, seriesFromFile } from '../../../src/observe/series-file.ts';
import { createSeriesStore } from '../../../src/observe/series-store.ts';
import { aPolicy } from '../../builders/policy.ts';

const START_MS = Date.UTC(2026, 10, 26);
const MINUTE_MS = 60_000;
const policy = aPolicy();

let folder: string;
const faults: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prescale-series-'));
  faults.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => createSeriesStore({ folder, onFault: (message) => void faults.push(message) });
const aSeries = (minutes: number): TimeSeries => ({
  startAtMs: START_MS,
  stepSeconds: 60,
  values: Float64Array.from({ length: minutes }, (_, minute) => (minute % 7 === 3 ? NaN : 100 + minute / 3)),
});
const files = (): readonly string[] => readdirSync(folder);

describe('a file of a series', () => {
  test('comes back as it was, to the bit', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double(), fc.constant(NaN))), (values) => {
        const series = { startAtMs: START_MS, stepSeconds: 15, values: Float64Array.from(values) };
        expect(seriesFromFile(seriesFile(series))).toEqual(series);
      }),
    );
  });

  test('of which a bit has turned, or the end is missing, is none', () => {
    const whole = seriesFile(aSeries(20));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(7), (at, bit) => {
        const turned = Buffer.from(whole);
        turned[at] ^= 1 << bit;
        // Between the checksum and the first slot nothing stands.
        fc.pre(at < 36 || at >= 40);
        expect(seriesFromFile(turned)).toBeUndefined();
        expect(seriesFromFile(whole.subarray(0, at))).toBeUndefined();
      }),
    );
  });
});

describe('the next start', () => {
  test('has what was kept until the controller was closed', async () => {
    const store = open();
    store.keep(policy, aSeries(60));
    store.keep(policy, aSeries(63));
    await store.close();
    expect(open().load(policy)).toEqual(aSeries(63));
    expect(files()).toHaveLength(1);
  });

  test('after a crash has what was written last, at most ten minutes before', async () => {
    const store = open();
    const written = (minutes: number) =>
      vi.waitFor(() => expect(open().load(policy)?.values.length).toBe(minutes));
    store.keep(policy, aSeries(50));
    await written(50);
    store.keep(policy, aSeries(59));
    store.keep(policy, aSeries(60));
    await written(60);
    await store.close();
  });

  test.each([
    ['another query', aPolicy({ metrics: { queries: { arrivalRate: 'other' } } })],
    ['another step', aPolicy({ forecast: { stepSeconds: 30 } })],
    ['another source', aPolicy({ metrics: { source: 'other' } })],
    ['another workload', aPolicy({ workload: { name: 'cart' } })],
  ])('of %s knows nothing of it', async (_name, other) => {
    const store = open();
    store.keep(policy, aSeries(60));
    await store.close();
    expect(open().load(other)).toBeUndefined();
  });

  test('with a broken file begins anew, and writes it whole', async () => {
    const store = open();
    store.keep(policy, aSeries(60));
    await store.close();
    const file = join(folder, files()[0]);
    writeFileSync(file, readFileSync(file).subarray(0, 100));
    const next = open();
    expect(next.load(policy)).toBeUndefined();
    next.keep(policy, aSeries(61));
    await next.close();
    expect(open().load(policy)).toEqual(aSeries(61));
  });

  test('where nothing can be written is told, and goes on', async () => {
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder should be');
    const store = open();
    store.keep(policy, aSeries(60));
    await store.close();
    expect(faults.length).toBeGreaterThan(0);
    expect(store.load(policy)).toBeUndefined();
  });
});

test('a history that was restored asks for what it does not have, and is what it was', () => {
  const options = { stepSeconds: 60, lookbackSeconds: 86_400 };
  const freshness = { delaySeconds: 30, staleAfterSeconds: 120 };
  const restored = createHistoryBuffer(options);
  restored.restore(aSeries(600));
  expect(restored.series()).toEqual(asKept(aSeries(600)));
  const nowMs = START_MS + 605 * MINUTE_MS;
  const { fromMs, toMs } = restored.nextRequest(nowMs, freshness);
  expect(toMs).toBe(nowMs - 30_000);
  // What has passed since, and the slots that may have come late.
  expect((toMs - fromMs) / MINUTE_MS).toBeLessThan(10);
  expect((createHistoryBuffer(options).nextRequest(nowMs, freshness).fromMs - toMs) / MINUTE_MS).toBe(-1440);
});
