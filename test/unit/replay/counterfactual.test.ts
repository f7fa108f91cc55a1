import { expect, test } from 'vitest';
import { ledgerDifference, ledgerFigures } from '../../../src/domain/ledger.ts';
import { createCounterfactual, type Counterfactual } from '../../../src/replay/counterfactual.ts';
import { anObservation, NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';

const TICK_SECONDS = 15;
const REPLICA_RPS = 10;
const POLICY = aPolicy({
  minReplicas: 1,
  maxReplicas: 1000,
  capacity: { serviceRateRps: REPLICA_RPS, serversPerReplica: 1, dispatch: 'Central', startupSeconds: 60 },
  slo: { responseSeconds: 0.5, objectiveRatio: 0.99 },
  cost: { perReplicaHour: 2, perViolation: 0.5 },
});

/** Ticks with a sample that is 30 s old; what HPA asks for at each. */
function played(
  counterfactual: Counterfactual,
  ratesRps: readonly (number | undefined)[],
  decide: (tick: number) => number,
): (number | undefined)[] {
  return ratesRps.map((rateRps, tick) => {
    const nowMs = NOW_MS + tick * TICK_SECONDS * 1000;
    const asked = counterfactual.look(
      anObservation({
        observedAtMs: nowMs,
        serviceRateRps: REPLICA_RPS,
        currentReplicas: 10,
        readyReplicas: 10,
        arrivalRate:
          rateRps === undefined
            ? { kind: 'empty' }
            : { kind: 'value', value: rateRps, endsAtMs: nowMs - 30_000 },
      }),
    );
    counterfactual.decided(decide(tick));
    return asked;
  });
}

const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test('HPA comes to its target of 80 %, at most doubling in a step, and not again before its replicas are ready', () => {
  const asked = played(createCounterfactual(POLICY, TICK_SECONDS), times(60, 160), () => 10);
  // 160 requests per second on 10 replicas look like 100 % busy: 10 / 0.8 are asked for, and so on, a start-up apart.
  expect(asked[0]).toBe(13);
  expect(asked.slice(0, 3)).toEqual([13, 13, 13]);
  expect(asked.at(-1)).toBeGreaterThanOrEqual(Math.ceil(160 / (REPLICA_RPS * 0.8 * 1.1)));
  expect(asked.at(-1)).toBeLessThanOrEqual(Math.ceil(160 / (REPLICA_RPS * 0.8)) + 1);
});

test('HPA keeps what it has for five minutes after the load fell, and while nothing is measured', () => {
  const counterfactual = createCounterfactual(POLICY, TICK_SECONDS);
  const asked = played(
    counterfactual,
    [...times(40, 80), ...times(25, 8), undefined, ...times(2, 8)],
    () => 10,
  );
  expect(asked.slice(0, 58)).toEqual(times(58, 10));
  expect(asked[64]).toBe(1);
  expect(asked[65]).toBe(1);
});

test('before the first measurement, and where no service rate is known, HPA asks for nothing', () => {
  const counterfactual = createCounterfactual(POLICY, TICK_SECONDS);
  expect(played(counterfactual, [undefined, undefined], () => 10)).toEqual([undefined, undefined]);
  expect(counterfactual.look(anObservation({ serviceRateRps: null }))).toBeUndefined();
  expect(counterfactual.ledger()).toBeUndefined();
});

test('a controller that asks for what HPA does comes to the same; one that knew better is never later', () => {
  const ratesRps = [...times(20, 40), ...times(60, 300)];
  const alike = createCounterfactual(POLICY, TICK_SECONDS);
  const asked = played(createCounterfactual(POLICY, TICK_SECONDS), ratesRps, () => 10) as number[];
  played(alike, ratesRps, (tick) => asked[tick]);
  expect(alike.ledger()?.prescale).toEqual(alike.ledger()?.hpa);

  const ahead = createCounterfactual(POLICY, TICK_SECONDS);
  played(ahead, ratesRps, () => 40);
  const ledger = ahead.ledger()!;
  expect(ledger.accountedSeconds).toBe(ratesRps.length * TICK_SECONDS);
  expect(ledger.requests).toBeCloseTo(20 * 15 * 40 + 60 * 15 * 300, 6);
  expect(ledger.prescale.violatedSeconds).toBe(0);
  expect(ledger.hpa.violatedSeconds).toBeGreaterThan(300);
  const saved = ledgerDifference(
    ledgerFigures(ledger.prescale, POLICY.cost),
    ledgerFigures(ledger.hpa, POLICY.cost),
  );
  expect(saved.violatedSeconds).toBe(ledger.hpa.violatedSeconds);
  expect(saved.cost.violations).toBeCloseTo(
    0.5 * (ledger.hpa.lateRequests - ledger.prescale.lateRequests),
    6,
  );
  expect(saved.cost.total).toBeCloseTo(saved.cost.replicas + saved.cost.violations, 6);
});

test('time that no tick saw is not accounted, and a tick that comes twice counts once', () => {
  const counterfactual = createCounterfactual(POLICY, TICK_SECONDS);
  const lookAt = (seconds: number): void => {
    const observedAtMs = NOW_MS + seconds * 1000;
    const arrivalRate = { kind: 'value', value: 50, endsAtMs: observedAtMs - 30_000 } as const;
    counterfactual.look(anObservation({ observedAtMs, serviceRateRps: REPLICA_RPS, arrivalRate }));
    counterfactual.decided(10);
  };
  for (const seconds of [0, 15, 15, 3600]) lookAt(seconds);
  expect(counterfactual.ledger()?.accountedSeconds).toBe(3 * TICK_SECONDS);
});
