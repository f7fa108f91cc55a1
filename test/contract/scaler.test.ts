import { describe } from 'vitest';
import { createDryRunScaler } from '../../src/actuate/dry-run.ts';
import { createFakeScaler } from '../fakes/scaler.ts';
import { scalerContract } from './scaler.ts';

// The one that writes to a cluster keeps to it in test/cluster/scale.test.ts.
describe('dry-run scaler', () =>
  scalerContract(() => ({
    scaler: createDryRunScaler({ recorded: () => undefined, startReplicas: () => 3 }),
  })));
describe('fake scaler', () => scalerContract(() => ({ scaler: createFakeScaler({ startReplicas: 3 }) })));
