import { describe } from 'vitest';
import { createDecisionRing } from '../../src/control/decision-ring.ts';
import { decisionStoreContract } from './decision-store.ts';

describe('decision ring', () =>
  decisionStoreContract(() => createDecisionRing({ perWorkload: 10, total: 100 })));
