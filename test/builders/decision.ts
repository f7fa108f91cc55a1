import { decide, type Decided, type DecideInput } from '../../src/decide.ts';
import type { Decision } from '../../src/domain/decision.ts';
import type { DeepPartial } from './policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { aForecast } from './forecast.ts';
import { WARM_MEMORY } from './guard-input.ts';
import { anObservation, NOW_MS } from './observation.ts';
import { aPolicy } from './policy.ts';

/** Ten replicas, 1,000 rps measured and forecast, a warm memory, a tick of 15 s; `overrides` replaces whole fields. */
export function aDecideInput(overrides: Partial<DecideInput> = {}): DecideInput {
  return {
    observation: anObservation(),
    forecast: aForecast(),
    policy: aPolicy(),
    memory: WARM_MEMORY,
    nowMs: NOW_MS,
    tickSeconds: 15,
    ...overrides,
  };
}

/** What is decided on `aDecideInput`, the policy changed in parts. */
export function decided(
  overrides: Partial<Omit<DecideInput, 'policy'>> = {},
  policy: DeepPartial<Policy> = {},
): Decided {
  return decide(aDecideInput({ ...overrides, policy: aPolicy(policy) }));
}

/** A decision as the chain makes them. */
export function aDecision(
  overrides: Partial<Omit<DecideInput, 'policy'>> = {},
  policy: DeepPartial<Policy> = {},
): Decision {
  return decided(overrides, policy).decision;
}
