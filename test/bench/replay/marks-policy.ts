import type { Policy } from '../../../src/policy/policy.ts';
import type { DeepPartial } from '../../builders/policy.ts';

/**
 * What the bench sets beside the referee's physics, the same for every recording and start-up time: the prices of the
 * interface's example, and every forecast trusted. On NASA's July with 180 s of start-up the default of 0.8 keeps
 * replicas through every doubtful hour, 2.4 times what the oracle pays for the same lateness instead of 1.6 times: a
 * doubtful forecast is wide, and its width has been paid for already.
 */
export const MARKS_POLICY: DeepPartial<Policy> = { forecast: { minConfidenceRatio: 0 } };
