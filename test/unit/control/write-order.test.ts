import { expect, test } from 'vitest';
import { createFakeMetricsSource } from '../../fakes/metrics-source.ts';
import { createFakeScaler } from '../../fakes/scaler.ts';
import { fleetUnderTest } from './fleet-under-test.ts';

/** By name, where three replicas (600 rps) run of each. */
const LOAD_RPS: Readonly<Record<string, number>> = { steady: 300, rising: 610, burst: 4000, busier: 680 };
const names = Object.keys(LOAD_RPS);
const source = createFakeMetricsSource({ value: (_, { workload }) => LOAD_RPS[workload.name] });

test('those that lack the largest share of what they have are written first', async () => {
  const scaler = createFakeScaler({ startReplicas: 3 });
  const { tickAt } = fleetUnderTest({ names, source, deps: { scaler } });
  await tickAt(120);
  const written = scaler.written.map(({ policy }) => policy.workload.name);
  expect(written).toEqual(['burst', 'busier', 'rising']);
});

test('a tick that ends after the first write has made the one that was needed most', async () => {
  const ending = new AbortController();
  let writes = 0;
  const scaler = createFakeScaler({
    startReplicas: 3,
    async onCall(call, signal) {
      if (call === 'read') return;
      writes += 1;
      // A server that answers one at a time, and no other before the tick ends.
      if (writes > 1) await new Promise((_, reject) => signal.addEventListener('abort', reject));
    },
  });
  const { tickAt } = fleetUnderTest({ names, source, deps: { scaler } });
  const ticking = tickAt(120, ending.signal);
  await expect.poll(() => writes).toBe(3);
  ending.abort(new Error('the tick is over'));
  const results = (await ticking).map(({ decision, actuation }) => [
    decision.workload.name,
    actuation.result,
  ]);
  expect(Object.fromEntries(results)).toEqual({
    steady: 'unchanged',
    rising: 'failed',
    burst: 'applied',
    busier: 'failed',
  });
});
