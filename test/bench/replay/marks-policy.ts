import type { Policy } from '../../../src/policy/policy.ts';
import { DEFAULT_CHAIN } from '../../../src/forecast/create-models.ts';
import type { DeepPartial } from '../../builders/policy.ts';

/**
 * What the bench sets beside the referee's physics, the same for every recording and start-up time: no prices, since its
 * marks are the least cost at one lateness, which is what the objective's own price is steered to; the models of a
 * policy that names none; and every forecast trusted that its score does not speak against. On NASA's July with 180 s of
 * start-up a least confidence of 0.8 kept replicas through every doubtful hour, 2.4 times what the oracle pays for the
 * same lateness instead of 1.6 times: a doubtful forecast is wide, and its width has been paid for already. (Measured
 * before the confidence was calibrated anew.)
 */
export const MARKS_POLICY: DeepPartial<Policy> = {
  cost: { perReplicaHour: null, perViolation: null },
  forecast: { minConfidenceRatio: 0, models: DEFAULT_CHAIN },
};
