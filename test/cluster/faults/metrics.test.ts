/**
 * Prometheus stopped, empty, not a number, refusing, silent: all at once, each for a workload of its own beside one whose
 * source is well. What cannot be measured is left as it is; the others do not notice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startPrometheus, type RealPrometheus } from '../../integration/prometheus/real-prometheus.ts';
import { startController, type RunningController } from '../harness/controller.ts';
import { startMetricsRelay, type MetricsFault, type MetricsRelay } from '../harness/metrics-relay.ts';
import { startSteadyPrometheus } from '../harness/steady-shop.ts';
import { until } from '../harness/client.ts';
import { recoveryTable, type RecoveryRow } from './recovery-table.ts';
import { FAULT_SECONDS, openShop, TICK_SECONDS, TIMEOUT_MS, type Shop } from './shop.ts';

vi.setConfig({ testTimeout: TIMEOUT_MS });

/** Name of the workload and of its source -> what its source does, and what is said about it. */
const FAULTS: Readonly<Record<string, readonly [MetricsFault, string]>> = {
  empty: ['empty', 'EmptyMetrics'],
  nan: ['notANumber', 'NotANumberMetrics'],
  error: ['error', 'MetricsSourceDown'],
  silent: ['silent', 'MetricsSourceDown'],
};
const STOPPED = 'stopped';
const WELL = 'well';
const FAULTY = [...Object.keys(FAULTS), STOPPED];
const reasonOf = (name: string): string => FAULTS[name]?.[1] ?? 'MetricsSourceDown';

let shop: Shop;
let prometheus: RealPrometheus;
/** The one that is stopped. */
let other: RealPrometheus;
const relays = new Map<string, MetricsRelay>();
let controller: RunningController;

beforeAll(async () => {
  [shop, prometheus, other] = await Promise.all([
    openShop(['prescale-a']),
    startSteadyPrometheus(),
    startSteadyPrometheus(),
  ]);
  for (const name of [WELL, ...Object.keys(FAULTS)])
    relays.set(name, await startMetricsRelay(() => prometheus.url));
  const urls = new Map([...relays].map(([name, { url }]) => [name, url]));
  controller = await startController(shop.controlPlane, {
    user: 'prescale-a',
    prometheusUrl: Object.fromEntries(urls.set(STOPPED, other.url)),
    tickSeconds: TICK_SECONDS,
  });
  for (const name of [WELL, ...FAULTY]) await shop.make(name, { source: name });
});
afterAll(async () => {
  await controller?.process.kill();
  for (const relay of relays.values()) await relay.stop();
  await prometheus?.remove();
  await other?.remove();
  await shop?.close();
});

async function begin(): Promise<void> {
  for (const [name, [fault]] of Object.entries(FAULTS)) relays.get(name)!.spoil(fault);
  await other.kill();
}

async function end(): Promise<void> {
  for (const name of Object.keys(FAULTS)) relays.get(name)!.spoil('none');
  other = await startPrometheus(other.dir, other.port);
}

test('what cannot be measured is left as it is, the others go on, and all is mended when the faults are over', async () => {
  await Promise.all([WELL, ...FAULTY].map((name) => shop.settles(name)));
  const beganMs = Date.now();
  await begin();
  for (const name of FAULTY)
    await until(
      `${name}: ${reasonOf(name)}`,
      async () => (await shop.status(name))?.reason === reasonOf(name),
    );
  const toldMs = Date.now();
  await Promise.all([WELL, ...FAULTY].map((name) => shop.disturb(name)));
  const wellSeconds = await shop.mended(WELL);
  await sleep(FAULT_SECONDS * 1000);
  const endedMs = Date.now();
  for (const name of FAULTY) expect(shop.writesSince(toldMs, name), name).toEqual([]);
  await end();
  const heldSeconds = (endedMs - beganMs) / 1000;
  const rows = await Promise.all(
    FAULTY.map(async (name): Promise<RecoveryRow> => {
      await shop.mended(name);
      const recoveredSeconds = (Date.now() - endedMs) / 1000;
      const writes = shop.writesSince(beganMs, name).filter(({ atMs }) => atMs < endedMs).length;
      return { fault: `Prometheus: ${name}`, heldSeconds, recoveredSeconds, writes };
    }),
  );
  const beside = {
    fault: 'a workload beside them',
    heldSeconds: 0,
    recoveredSeconds: wellSeconds,
    writes: 1,
  };
  console.log(recoveryTable([...rows, beside]));
  shop.expectRightWrites(beganMs);
  expect(controller.process.hasEnded(), controller.process.logTail()).toBe(false);
  expect(Math.max(...rows.map(({ recoveredSeconds }) => recoveredSeconds))).toBeLessThan(30);
});
