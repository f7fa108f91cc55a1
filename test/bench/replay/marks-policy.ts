import type { Policy } from '../../../src/policy/policy.ts';
import type { DeepPartial } from '../../builders/policy.ts';

/** What the bench sets beside the referee's physics, the same for every recording and start-up time. */
export const MARKS_POLICY: DeepPartial<Policy> = {};
