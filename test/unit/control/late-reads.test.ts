import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createLateReads } from '../../../src/control/late-reads.ts';
import { observeAll, type Seen } from '../../../src/control/observe-all.ts';
import type { MetricsSource } from '../../../src/observe/metrics-source.ts';
import { createFakeClock } from '../../fakes/clock.ts';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { fleetUnderTest, MINUTE, neverAborted, START_MS, swing } from './fleet-under-test.ts';

const PATIENCE_SECONDS = 2.5;
const TICK_SECONDS = 15;
/** By which the clock goes. */
const LEAST_SECONDS = 0.1;

/** Its answers take `seconds`, which may be set from tick to tick; the clock and the timers go together. */
function slowSource(clock: ReturnType<typeof createFakeClock>) {
  const inner = createFakeMetricsSource({ value: swing });
  const pace = { seconds: 0 };
  const source: MetricsSource = {
    ...inner,
    async read(requests, signal) {
      if (pace.seconds > 0) await new Promise((resolve) => setTimeout(resolve, 1000 * pace.seconds));
      return inner.read(requests, signal);
    },
  };
  const pass = async (seconds: number): Promise<void> => {
    for (let passed = 0; passed < seconds; passed += LEAST_SECONDS) {
      clock.advance(LEAST_SECONDS);
      await vi.advanceTimersByTimeAsync(1000 * LEAST_SECONDS);
    }
  };
  return { source, pace, pass };
}

/** One workload of a source that is quick, and one of a source that is not always. */
function twoSources() {
  const clock = createFakeClock(START_MS);
  const quick = createFakeMetricsSource({ value: swing });
  const { source, pace, pass } = slowSource(clock);
  const { deps } = fleetUnderTest({
    names: ['quick', 'slow'],
    source: (name) => (name === 'quick' ? quick : source),
    deps: { clock, lateReads: createLateReads(PATIENCE_SECONDS), observeSeconds: 7.5 },
  });
  let tick = 0;
  /** What was seen at the next tick, and for how many seconds it was waited for. */
  const look = async (slowSeconds: number): Promise<{ seen: readonly Seen[]; waited: number }> => {
    pace.seconds = slowSeconds;
    let waited = Number.NaN;
    const beganMs = clock.monotonicMs();
    const looking = observeAll(deps, START_MS + 1000 * TICK_SECONDS * tick, neverAborted()).then((seen) => {
      waited = (clock.monotonicMs() - beganMs) / 1000;
      return seen;
    });
    tick += 1;
    await pass(TICK_SECONDS);
    return { seen: await looking, waited };
  };
  return { look };
}

const seenOf = (seen: readonly Seen[], name: string): Seen =>
  seen.find(({ member }) => member.policy.workload.name === name)!;
const kindOf = (seen: readonly Seen[], name: string): string =>
  seenOf(seen, name).observation.arrivalRate.kind;

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('a source that is slow', () => {
  test('is waited for once, and its workloads are then known as of the tick before', async () => {
    const { look } = twoSources();
    await look(0);
    const waits: number[] = [];
    const kinds: string[] = [];
    for (let tick = 0; tick < 8; tick += 1) {
      const { seen, waited } = await look(4);
      waits.push(Math.round(10 * waited) / 10);
      kinds.push(kindOf(seen, 'slow'));
      expect(kindOf(seen, 'quick')).toBe('value');
    }
    expect(waits[0]).toBeCloseTo(PATIENCE_SECONDS, 0);
    expect(Math.max(...waits.slice(1))).toBeLessThanOrEqual(LEAST_SECONDS);
    expect(kinds).toEqual(['sourceDown', ...Array<string>(7).fill('value')]);
  });

  test('knows no slot less than it was told, and none that it was not', async () => {
    const { look } = twoSources();
    await look(0);
    for (let tick = 0; tick < 12; tick += 1) await look(4);
    const { seen } = await look(4);
    const [quick, slow] = ['quick', 'slow'].map((name) => seenOf(seen, name).history);
    expect(slow.startAtMs).toBe(quick.startAtMs);
    const slots = slow.values.length;
    expect(quick.values.length - slots).toBeLessThanOrEqual(1);
    expect([...slow.values]).toEqual([...quick.values.subarray(0, slots)]);
  });

  test('is waited for again when it has answered quickly', async () => {
    const { look } = twoSources();
    for (const seconds of [0, 4, 4, 1]) await look(seconds);
    const { seen, waited } = await look(1);
    expect(waited).toBeCloseTo(1, 0);
    expect(kindOf(seen, 'slow')).toBe('value');
    const { observedAtMs, arrivalRate } = seenOf(seen, 'slow').observation;
    expect(arrivalRate.kind === 'value' && observedAtMs - arrivalRate.endsAtMs).toBeLessThan(2 * MINUTE);
  });

  test('that does not answer at all is down, and keeps nobody waiting', async () => {
    const { look } = twoSources();
    for (const seconds of [0, 60]) await look(seconds);
    const { seen, waited } = await look(60);
    expect([kindOf(seen, 'slow'), kindOf(seen, 'quick')]).toEqual(['sourceDown', 'value']);
    expect(waited).toBeCloseTo(0, 0);
  });
});

test('the only source is waited for, however slow it is', async () => {
  const clock = createFakeClock(START_MS);
  const { source, pace, pass } = slowSource(clock);
  pace.seconds = 4;
  const lateReads = createLateReads(PATIENCE_SECONDS);
  const { deps } = fleetUnderTest({ source, deps: { clock, lateReads } });
  for (let tick = 0; tick < 3; tick += 1) {
    const looking = observeAll(deps, START_MS + 1000 * TICK_SECONDS * tick, neverAborted());
    await pass(TICK_SECONDS);
    expect(kindOf(await looking, 'a')).toBe('value');
  }
});
