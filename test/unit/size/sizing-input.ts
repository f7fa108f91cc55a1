import { QUANTILE_LEVELS } from '../../../src/domain/forecast.ts';
import type { Policy } from '../../../src/policy/policy.ts';
import type { SizingInput, SizingStep } from '../../../src/size/size-replicas.ts';
import { aPolicy, givenRateRps } from '../../builders/policy.ts';
import type { DeepPartial } from '../../builders/policy.ts';

const START_AT_MS = Date.UTC(2026, 10, 21, 8);
const STEP_MS = 60_000;

/** A sizing input for the checkout policy: one minute a step, two replicas running, no backlog. */
export function aSizingInput(
  window: readonly (number | readonly number[])[],
  overrides: Partial<Omit<SizingInput, 'policy' | 'window'>> & { policy?: DeepPartial<Policy> } = {},
): SizingInput {
  const policy = aPolicy(overrides.policy ?? {});
  return {
    basis: 'forecast',
    leadTimeSeconds: 105,
    serviceRateRps: givenRateRps(policy),
    currentReplicas: 2,
    startingReplicas: 0,
    backlogRequests: 0,
    ...overrides,
    window: window.map((load, i): SizingStep => {
      const atMs = START_AT_MS + i * STEP_MS;
      return typeof load === 'number' ? { atMs, rateRps: load } : { atMs, quantilesRps: load };
    }),
    policy,
  };
}

/** Quantiles around `medianRps`: lower by up to `spreadRatio` at 0.05 and higher by up to twice that at 0.99. */
export function quantilesAround(medianRps: number, spreadRatio: number): number[] {
  return QUANTILE_LEVELS.map(
    (level) =>
      medianRps * (1 + spreadRatio * (level < 0.5 ? (level - 0.5) / 0.45 : (2 * (level - 0.5)) / 0.49)),
  );
}
