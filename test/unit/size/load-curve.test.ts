import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import type { Dispatch } from '../../../src/policy/policy.ts';
import { dispatchedQueues, type ServiceModel } from '../../../src/size/dispatch.ts';
import {
  createLoadCurve,
  expectedGainRps,
  gainBounds,
  isGainMoreThan,
  type LoadCurve,
  OVERLOAD_HARM_RATIO,
} from '../../../src/size/load-curve.ts';

const SERVICE_RATE_RPS = 10;

interface Case {
  readonly servers: number;
  readonly replicas: number;
  /** Of the lowest quantile, and how much wider the highest is. */
  readonly utilization: number;
  readonly widths: readonly number[];
  readonly sloServices: number;
}

const anyCase = fc.record({
  servers: fc.integer({ min: 1, max: 12 }),
  replicas: fc.integer({ min: 1, max: 40 }),
  utilization: fc.double({ min: 0.05, max: 1.1, noNaN: true }),
  widths: fc.array(fc.double({ min: 0, max: 0.15, noNaN: true }), {
    minLength: QUANTILE_LEVELS.length,
    maxLength: QUANTILE_LEVELS.length,
  }),
  sloServices: fc.double({ min: 0.2, max: 8, noNaN: true }),
});

function curveOf(
  { servers, replicas, utilization, widths, sloServices }: Case,
  kind: Omit<ServiceModel, 'serviceRateRps' | 'serversPerReplica'>,
): LoadCurve {
  const model: ServiceModel = { serviceRateRps: SERVICE_RATE_RPS, serversPerReplica: servers, ...kind };
  let rate = utilization * replicas * servers * SERVICE_RATE_RPS;
  const ratesRps = widths.map((width) => (rate *= 1 + width));
  return createLoadCurve(dispatchedQueues(model), { ratesRps }, sloServices / SERVICE_RATE_RPS);
}

const WIDTHS = QUANTILE_LEVELS.map(() => 0.02);

const never = (): boolean => false;
const always = (): boolean => true;

describe.each<readonly [string, Omit<ServiceModel, 'serviceRateRps' | 'serversPerReplica'>]>([
  ...(['Central', 'LeastRequests', 'PowerOfTwo', 'RoundRobin', 'Random'] as const).map(
    (dispatch: Dispatch) => [dispatch, { dispatch }] as const,
  ),
  ['service times that vary', { dispatch: 'LeastRequests', variability: { arrivals: 2, service: 3 } }],
])('what one replica more brings back: %s', (_name, kind) => {
  test('lies between the bounds, whether they were looked for closely or not', () => {
    fc.assert(
      fc.property(anyCase, (one) => {
        const curve = curveOf(one, kind);
        const exact = expectedGainRps(curve, one.replicas, OVERLOAD_HARM_RATIO);
        const at = { replicas: one.replicas, overloadHarmRatio: OVERLOAD_HARM_RATIO };
        for (const enough of [always, never]) {
          const { leastRps, mostRps } = gainBounds(curve, at, enough)!;
          expect(leastRps).toBeLessThanOrEqual(exact);
          expect(mostRps).toBeGreaterThanOrEqual(exact);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('is more than a bar exactly where its sum is', () => {
    fc.assert(
      fc.property(anyCase, fc.double({ min: 0.2, max: 5, noNaN: true }), (one, times) => {
        const curve = curveOf(one, kind);
        const gain = expectedGainRps(curve, one.replicas, OVERLOAD_HARM_RATIO);
        const perSecond = times * gain;
        const bar = { overloadHarmRatio: OVERLOAD_HARM_RATIO, perViolation: 1, perSecond };
        expect(isGainMoreThan(curve, one.replicas, bar)).toBe(gain > perSecond);
      }),
      { numRuns: 60 },
    );
  });
});

test('where clients give up, no bound is told from a few rates', () => {
  const kind = { dispatch: 'Random' as const, losses: { patienceSeconds: 0.5, queueLimitRequests: null } };
  const curve = curveOf({ servers: 2, replicas: 3, utilization: 0.5, widths: WIDTHS, sloServices: 2 }, kind);
  const at = { replicas: 3, overloadHarmRatio: OVERLOAD_HARM_RATIO };
  expect(gainBounds(curve, at, always)!.mostRps).toBe(Infinity);
  expect(gainBounds(curve, at, never)!.mostRps).toBeCloseTo(
    expectedGainRps(curve, 3, OVERLOAD_HARM_RATIO),
    9,
  );
});

test('replicas that get into each other’s way have no bounds: one more may do harm at low rates', () => {
  const kind = { dispatch: 'Central' as const, scalability: { contention: 0.1, coherency: 0.01 } };
  const curve = curveOf({ servers: 2, replicas: 3, utilization: 0.5, widths: WIDTHS, sloServices: 2 }, kind);
  expect(gainBounds(curve, { replicas: 3, overloadHarmRatio: OVERLOAD_HARM_RATIO }, always)).toBeUndefined();
});
