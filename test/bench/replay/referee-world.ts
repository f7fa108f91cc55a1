/** A recording in the referee's units and physics: multiplied to 140 requests per second in the mean, at 10 a replica. */
import type { SlotValues } from '../../../src/domain/time-series.ts';
import type { TimeSeries } from '../../../src/domain/time-series.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import { loadPathFrom } from '../../../src/replay/load-path.ts';
import { neededPath } from '../../../src/replay/needed-path.ts';
import { physicsFrom, type ReplayPhysics } from '../../../src/replay/physics.ts';
import { secondHalf, type ReplayWorld } from '../../../src/replay/play.ts';
import { serviceModelFrom } from '../../../src/size/service-model.ts';
import { aPolicy, type DeepPartial } from '../../builders/policy.ts';

const MEAN_RPS = 140;
const SERVICE_RATE_RPS = 10;

export function refereeRows(rows: TimeSeries): TimeSeries {
  const factor = MEAN_RPS / meanOf(rows.values);
  return { ...rows, values: rows.values.map((rate) => rate * factor) };
}

/** `stepSeconds`: the recording's. */
export function refereePolicy(
  stepSeconds: number,
  startupSeconds: number,
  more: DeepPartial<Policy> = {},
): Policy {
  const base: DeepPartial<Policy> = {
    minReplicas: 1,
    maxReplicas: 1_000_000,
    metrics: { delaySeconds: 30, staleAfterSeconds: Math.max(120, 2 * stepSeconds) },
    capacity: { serviceRateRps: SERVICE_RATE_RPS, serversPerReplica: 1, dispatch: 'Central', startupSeconds },
    slo: { responseSeconds: 5 / SERVICE_RATE_RPS, objectiveRatio: 0.99 },
    forecast: { stepSeconds },
  };
  return aPolicy(merge(base, more));
}

export function refereePhysics(policy: Policy, rowSeconds: number): ReplayPhysics {
  return {
    ...physicsFrom(policy, rowSeconds),
    stepSeconds: 15,
    metricLagSeconds: 30,
    interpolation: rowSeconds <= 60 ? 'constant' : 'midpoints',
  };
}

/** `rows` in the referee's units. */
export function refereeWorld(rows: TimeSeries, policy: Policy): ReplayWorld {
  const physics = refereePhysics(policy, rows.stepSeconds);
  const path = loadPathFrom(rows, physics);
  const model = serviceModelFrom(policy, SERVICE_RATE_RPS);
  return {
    policy,
    model,
    physics,
    path,
    needed: neededPath(path, model, policy.slo),
    window: secondHalf(path),
  };
}

function meanOf(values: SlotValues): number {
  const present = [...values].filter((value) => !Number.isNaN(value));
  return present.reduce((sum, value) => sum + value, 0) / present.length;
}

function merge<T extends object>(base: T, more: T): T {
  const result: Record<string, unknown> = { ...base } as Record<string, unknown>;
  for (const [key, value] of Object.entries(more))
    result[key] =
      typeof value === 'object' && value !== null && !Array.isArray(value) && typeof result[key] === 'object'
        ? merge(result[key] as object, value as object)
        : value;
  return result as T;
}
