import { expect, test } from 'vitest';
import { decide } from '../../../src/decide.ts';
import { desiredReplicas, type Decision } from '../../../src/domain/decision.ts';
import type { DependencyPolicy } from '../../../src/policy/policy.ts';
import { aDecision } from '../../builders/decision.ts';
import { aDependency } from '../../builders/dependency.ts';
import { aForecast } from '../../builders/forecast.ts';
import { anObservation, measured, NOW_MS } from '../../builders/observation.ts';
import { aPolicy } from '../../builders/policy.ts';
import { WARM_MEMORY } from '../../builders/guard-input.ts';

/** Ten replicas run when 1,950 rps come, and are forecast to stay. */
const CROWD = {
  observation: anObservation({ arrivalRate: measured(1950) }),
  forecast: aForecast(1950),
};
const inCrowd = (dependencies: readonly DependencyPolicy[]): Decision => aDecision(CROWD, { dependencies });
const costOf = ({ sizing }: Decision): number => sizing!.costPerHour.total;

test('flash crowd, database of 110 connections: scaling out stops where they end, and what that costs is told', () => {
  const free = inCrowd([]);
  const held = inCrowd([aDependency({ capacity: 110 })]);
  expect(desiredReplicas(free)).toBeGreaterThan(11);
  expect(desiredReplicas(held)).toBe(11);
  expect(held.outcome).toEqual({ kind: 'scale', toReplicas: 11, reason: 'DependencyLimit' });
  expect(held.sizing!.dependency).toEqual({ name: 'orders-db', mostReplicas: 11 });
  // Fewer replicas, more late requests: by the queue alone it is dearer, or the optimum would have been below.
  expect(held.sizing!.costPerHour.replicas).toBeLessThan(free.sizing!.costPerHour.replicas);
  expect(costOf(held)).toBeGreaterThan(costOf(free));
  console.log(
    `flash crowd of 1950 rps, 10 connections each of 110: ${desiredReplicas(held)} replicas instead of ` +
      `${desiredReplicas(free)}; ${costOf(held).toFixed(3)} instead of ${costOf(free).toFixed(3)} per hour: ` +
      `${(costOf(held) - costOf(free)).toFixed(3)} more, and no connection beyond what the database has`,
  );
});

test('a crowd that lasts never takes more than the database has, though its answer lags behind', () => {
  const connections = 160;
  const policy = aPolicy({ dependencies: [aDependency()], metrics: { delaySeconds: 30 } });
  const readyAtMs = [...Array<number>(10).fill(-Infinity)];
  let memory = WARM_MEMORY;
  const served: number[] = [];
  for (let tick = 0; tick < 60; tick += 1) {
    const nowMs = NOW_MS + tick * 15_000;
    const endsAtMs = Math.floor((nowMs - 30_000) / 60_000) * 60_000;
    // The mean of the minute before: what the replicas that were ready then had left.
    const taken = Array.from({ length: 4 }, (_, quarter) => endsAtMs - 60_000 + quarter * 15_000).map(
      (atMs) => 10 * readyAtMs.filter((ready) => ready <= atMs).length,
    );
    const left = connections - taken.reduce((sum, each) => sum + each, 0) / taken.length;
    const readyReplicas = readyAtMs.filter((ready) => ready <= nowMs).length;
    const observation = anObservation({
      observedAtMs: nowMs,
      arrivalRate: measured(6000, endsAtMs),
      dependencies: [{ name: 'orders-db', free: measured(left, endsAtMs) }],
      currentReplicas: readyAtMs.length,
      readyReplicas,
      startingReplicas: readyAtMs.length - readyReplicas,
    });
    const forecast = aForecast(6000, { originAtMs: endsAtMs });
    const decided = decide({ observation, forecast, policy, memory, nowMs, tickSeconds: 15 });
    memory = decided.memory;
    while (readyAtMs.length < desiredReplicas(decided.decision)) readyAtMs.push(nowMs + 90_000);
    served.push(readyAtMs.length);
  }
  expect(Math.max(...served)).toBe(connections / 10);
});
